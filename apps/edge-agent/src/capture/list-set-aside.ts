import { TillsyncError } from "@tillsync/sync-protocol";
import type { AgentStore } from "../store/agent-store.ts";
import { sql } from "../store/sql.ts";
import { openVerdicts } from "../journal/acknowledge.ts";

/** Rows that one answer lists; older ones come first and are worked off first. */
const LIST_MAX = 1_000;

/** One thing that needs a person, as `set-aside list` shows it. */
export interface SetAsideRow {
  readonly id: number;
  readonly origin: "here" | "cloud";
  readonly state: "open" | "resolved";
  readonly at: string;
  readonly code: string;
  readonly detail: string | null;
  readonly source: string | null;
  readonly adapter: string | null;
  readonly name: string | null;
  /** Byte offsets in the source. */
  readonly range: readonly [number, number] | null;
  readonly bytes: number;
  /** How often the same bytes came with the same fault. */
  readonly times: number;
  /** The journal entry that the cloud speaks of. */
  readonly entry: { readonly epoch: number; readonly seq: number } | null;
}

export interface SetAsideFull extends SetAsideRow {
  /** What is kept, as text where it is UTF-8; card numbers are masked. */
  readonly text: string | null;
  readonly base64: string | null;
  /** More than is kept: the rest is in the source, at `range`. */
  readonly cut: boolean;
}

interface Row {
  id: number;
  state: "open" | "resolved";
  at_ms: number;
  code: string;
  detail: string | null;
  source: string;
  adapter: string;
  name: string;
  range_start: number | null;
  range_end: number | null;
  bytes_total: number;
  times: number;
}

/** Open items that need attention, of this terminal and of the cloud; with `all` also resolved ones and rows that are no sale. */
export function listSetAside(store: AgentStore, all: boolean): SetAsideRow[] {
  const rows = store
    .prepare<[number, number], Row>(
      sql`SELECT id, state, at_ms, code, detail, source, adapter, name, range_start, range_end, bytes_total, times FROM set_aside
          WHERE ? = 1 OR (state = 'open' AND code <> 'capture.not-a-sale') ORDER BY id LIMIT ?`,
    )
    .all(all ? 1 : 0, LIST_MAX);
  const byCloud = openVerdicts(store, LIST_MAX).map((v): SetAsideRow => ({
    id: -v.n,
    origin: "cloud",
    state: "open",
    at: isoTime(v.at_ms),
    code: v.code ?? "entry.invalid",
    detail: v.detail,
    source: null,
    adapter: null,
    name: null,
    range: null,
    bytes: 0,
    times: 1,
    entry: { epoch: v.epoch, seq: v.seq },
  }));
  return [...rows.map(present), ...byCloud];
}

/** One item with its bytes. Throws `usage.invalid` when there is none of that number. */
export function showSetAside(store: AgentStore, id: number): SetAsideFull {
  const row = store
    .prepare<[number], Row & { bytes: Uint8Array }>(
      sql`SELECT id, state, at_ms, code, detail, source, adapter, name, range_start, range_end, bytes_total, times, bytes FROM set_aside WHERE id = ?`,
    )
    .get(id);
  if (row === undefined) throw new TillsyncError("usage.invalid", `no item ${id}; see set-aside list`);
  const text = asText(row.bytes);
  return {
    ...present(row),
    text: text ?? null,
    base64: text === undefined ? Buffer.from(row.bytes).toString("base64") : null,
    cut: row.range_start !== null && row.bytes.length < row.bytes_total,
  };
}

const present = (row: Row): SetAsideRow => ({
  id: row.id,
  origin: "here",
  state: row.state,
  at: isoTime(row.at_ms),
  code: row.code,
  detail: row.detail,
  source: row.source,
  adapter: row.adapter,
  name: row.name,
  range: row.range_start === null || row.range_end === null ? null : [row.range_start, row.range_end],
  bytes: row.bytes_total,
  times: row.times,
  entry: null,
});

const isoTime = (ms: number): string => new Date(ms).toISOString();

function asText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
