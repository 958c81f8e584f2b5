/** What one benchmark found. Rates: more is better. Costs (bytes, milliseconds, memory): less is better. */
export interface Row {
  readonly name: string;
  readonly ours: number | null;
  readonly unit: string;
  readonly floor: number | null;
  /** How much of the floor is reached, 1 being all of it: ours / floor for a rate, floor / ours for a cost. Median over the rounds. */
  readonly ratio: number | null;
  /** What others reach doing the same work in the same rounds; `null` where they could not be run, with the reason in `notes`. */
  readonly peers: Readonly<Record<string, number | null>>;
  /** What is to be held, in words, and whether it was. `met` is `null` where nothing is promised. */
  readonly target: string;
  readonly met: boolean | null;
  readonly rounds: number;
  /** Further figures of the same runs; the unit ends the name. */
  readonly extra: Readonly<Record<string, number | null>>;
  readonly notes: readonly string[];
}

/** The row of a benchmark that could not be run at all. */
export const failedRow = (name: string, reason: string): Row => ({
  name,
  ours: null,
  unit: "",
  floor: null,
  ratio: null,
  peers: {},
  target: "",
  met: false,
  rounds: 0,
  extra: {},
  notes: [`failed: ${reason}`],
});

/** Figures to three digits: what a benchmark knows, and easy to compare by eye. */
export function formatFigure(value: number | null): string {
  if (value === null) return "-";
  if (!Number.isFinite(value)) return String(value);
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 3;
  return value.toLocaleString("en-US", { maximumFractionDigits: digits });
}

/** One benchmark as lines of text. */
export function formatRow(row: Row): string {
  const verdict = row.met === null ? "" : row.met ? "  MET" : "  MISSED";
  const rounds = row.rounds === 1 ? "1 round" : `${row.rounds} rounds`;
  const lines = [
    `${row.name}: ${formatFigure(row.ours)} ${row.unit}, floor ${formatFigure(row.floor)}, ratio ${formatFigure(row.ratio)} (${rounds})`,
    `  target: ${row.target || "none"}${verdict}`,
  ];
  const peers = Object.entries(row.peers).map(([name, value]) => `${name} ${formatFigure(value)}`);
  if (peers.length > 0) lines.push(`  peers: ${peers.join(", ")}`);
  const extra = Object.entries(row.extra).map(([name, value]) => `${name} ${formatFigure(value)}`);
  if (extra.length > 0) lines.push(`  also: ${extra.join(", ")}`);
  return [...lines, ...row.notes.map((note) => `  note: ${note}`)].join("\n");
}
