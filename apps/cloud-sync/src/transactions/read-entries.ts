import { assert } from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import type { LogEntry } from "../event-log/log-entry.ts";
import { readFrom } from "../event-log/read-from.ts";

/** Positions that lie closer than this are read together: a batch is decoded as a whole anyway. */
const GAP_MAX = 500;
/** Positions read together at most, so that a page's memory stays bounded. */
const SPAN_MAX = 2_000;

/**
 * Calls `onEntry` for the entries at the positions named (ascending), in order, holding no more than one span of the log at a time.
 * Positions must exist; a missing one is a broken promise of the read model.
 */
export async function readEntries(
  db: Queryable,
  shard: string,
  positions: readonly number[],
  onEntry: (entry: LogEntry) => void,
): Promise<void> {
  for (const span of spansOf(positions)) await readSpan(db, shard, span, onEntry);
}

export function spansOf(positions: readonly number[]): number[][] {
  const spans: number[][] = [];
  for (const pos of positions) {
    const span = spans.at(-1);
    const [first] = span ?? [];
    const last = span?.at(-1);
    if (span !== undefined && first !== undefined && last !== undefined && pos - last <= GAP_MAX && pos - first < SPAN_MAX) span.push(pos);
    else spans.push([pos]);
  }
  return spans;
}

async function readSpan(db: Queryable, shard: string, span: readonly number[], onEntry: (entry: LogEntry) => void): Promise<void> {
  const wanted = new Set(span);
  const last = span.at(-1) ?? 0;
  for (let after = (span[0] ?? 1) - 1; after < last;) {
    const entries = await readFrom(db, { shard, after, limit: last - after });
    assert(entries.length > 0, "a position of the read model is in the log");
    for (const entry of entries) if (wanted.has(entry.pos)) onEntry(entry);
    after = entries.at(-1)?.pos ?? last;
  }
}
