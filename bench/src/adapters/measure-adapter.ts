import type { BenchContext } from "../benchmark.ts";
import { median } from "../measure/median.ts";
import { medianRatio, runRounds } from "../measure/rounds.ts";
import { runScript } from "../processes/child.ts";
import type { Row } from "../report/row.ts";
import type { ParseRun } from "./parse-run.ts";

const ROUNDS = 5;
const ROUNDS_QUICK = 2;
const RUN_MS = 120_000;

export interface AdapterCase {
  readonly name: string;
  readonly config: unknown;
  readonly file: string;
  /** The script that does the least that a reader of the format must do. */
  readonly floor: URL;
  readonly notes: readonly string[];
}

/** Measures an adapter against its floor over the same file, in megabytes a second. */
export async function measureAdapter(context: BenchContext, { name, config, file, floor, notes }: AdapterCase): Promise<Row> {
  const count = context.rounds ?? (context.quick ? ROUNDS_QUICK : ROUNDS);
  const contestants = [
    { name: "ours", run: () => runScript<ParseRun>(new URL("./ours.ts", import.meta.url), { name, config, file }, RUN_MS) },
    { name: "floor", run: () => runScript<ParseRun>(floor, { file }, RUN_MS) },
  ];
  const { results } = await runRounds(count, contestants, ["ours", "floor"]);
  const [ours = [], bare = []] = [results.get("ours"), results.get("floor")];
  const rate = (runs: readonly ParseRun[]): number[] => runs.map((run) => run.bytes / 1e6 / (run.elapsedMs / 1_000));
  return {
    name,
    ours: median(rate(ours)),
    unit: "MB/s",
    floor: median(rate(bare)),
    ratio: medianRatio(rate(ours), rate(bare)),
    peers: {},
    target: "",
    met: null,
    rounds: count,
    extra: {
      fileMb: (ours[0]?.bytes ?? 0) / 1e6,
      transactions: ours[0]?.records ?? 0,
      transactionsPerSecond: median(ours.map((run) => run.records / (run.elapsedMs / 1_000))),
    },
    notes,
  };
}
