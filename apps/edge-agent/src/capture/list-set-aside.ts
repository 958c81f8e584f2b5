import { TillsyncError } from "@tillsync/sync-protocol";
import { openVerdicts, type OpenVerdict } from "../journal/acknowledge.ts";
import { entryKey } from "../journal/entry-key.ts";
import type { AgentStore } from "../store/agent-store.ts";
import { sql } from "../store/sql.ts";
import type { SetAsideFull, SetAsideRow } from "../window-api/set-aside.ts";

/** Rows that one answer lists; older ones come first and are worked off first. */
const LIST_MAX = 1_000;

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

/**
 * Open items that need attention, of this terminal and of the cloud, also those that staff handed to IT; with `all` also
 * resolved ones and rows that are no sale.
 */
export function listSetAside(store: AgentStore, all: boolean): SetAsideRow[] {
  const rows = store
    .prepare<[number, number], Row>(
      sql`SELECT id, state, at_ms, code, detail, source, adapter, name, range_start, range_end, bytes_total, times FROM set_aside
          WHERE ? = 1 OR (state = 'open' AND code <> 'capture.not-a-sale') ORDER BY id LIMIT ?`,
    )
    .all(all ? 1 : 0, LIST_MAX);
  return [...rows.map((row) => present(store, row)), ...openVerdicts(store, LIST_MAX).map((verdict) => presentVerdict(store, verdict))];
}

/**
 * One item with what is kept of it: its bytes here, or the journal's line of the entry that the cloud speaks of, while
 * the journal has it. Throws `usage.invalid` when there is none of that number.
 */
export function showSetAside(store: AgentStore, id: number): SetAsideFull {
  return id < 0 ? showVerdict(store, -id) : showHere(store, id);
}

function showHere(store: AgentStore, id: number): SetAsideFull {
  const row = store
    .prepare<[number], Row & { bytes: Uint8Array }>(
      sql`SELECT id, state, at_ms, code, detail, source, adapter, name, range_start, range_end, bytes_total, times, bytes FROM set_aside WHERE id = ?`,
    )
    .get(id);
  if (row === undefined) throw unknown(id);
  const text = asText(row.bytes);
  return {
    ...present(store, row),
    text: text ?? null,
    base64: text === undefined ? Buffer.from(row.bytes).toString("base64") : null,
    cut: row.range_start !== null && row.bytes.length < row.bytes_total,
  };
}

function showVerdict(store: AgentStore, n: number): SetAsideFull {
  const verdict = openVerdicts(store, LIST_MAX).find((open) => open.n === n);
  if (verdict === undefined) throw unknown(-n);
  const line = store
    .prepare<[number], { line: Uint8Array }>(sql`SELECT line FROM entry WHERE key = ?`)
    .get(entryKey(verdict.epoch, verdict.seq))?.line;
  const text = line === undefined ? null : (asText(line) ?? null);
  return { ...presentVerdict(store, verdict), bytes: line?.length ?? 0, text, base64: null, cut: false };
}

const unknown = (id: number): TillsyncError => new TillsyncError("usage.invalid", `no item ${id}; see set-aside list`);

const present = (store: AgentStore, row: Row): SetAsideRow => ({
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
  handedToIt: handedToIt(store, row.id),
});

const presentVerdict = (store: AgentStore, v: OpenVerdict): SetAsideRow => ({
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
  handedToIt: handedToIt(store, -v.n),
});

const handedToIt = (store: AgentStore, id: number): SetAsideRow["handedToIt"] =>
  store
    .prepare<[number], { atMs: number; supportNumber: string }>(
      sql`SELECT at_ms AS atMs, number AS supportNumber FROM support_item WHERE item = ?`,
    )
    .get(id) ?? null;

const isoTime = (ms: number): string => new Date(ms).toISOString();

function asText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
