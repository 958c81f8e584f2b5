import { sql } from "../db/sql.ts";
import { withEarlierEdits, withEdits } from "./edits.ts";
import { isWanted } from "./include.ts";
import { loadItems } from "./load-items.ts";
import { PAGE_ROWS } from "./log-pages.ts";
import { readLogRowsAt } from "./log-row.ts";
import type { Failures } from "./retry-rule.ts";
import type { Worker } from "./worker.ts";

/** Items ahead of the cursor at most: four for each that may be out, since items of one key often stand close together. */
export const WINDOW_ITEMS_MAX = 8_000;
/**
 * Their lines in bytes at most: that many usual receipts, while large ones must not fill the memory. Lines are parsed
 * when they are sent, so a window costs little more than this; one window for each destination and shard at work.
 */
export const WINDOW_BYTES_MAX = 16 * 1024 * 1024;

/** Whether the log has more and the window room for a page of it. */
export function hasRoom(worker: Worker): boolean {
  const { items, bytes } = worker.window.size();
  return worker.logHasMore && items + PAGE_ROWS <= WINDOW_ITEMS_MAX && bytes <= WINDOW_BYTES_MAX;
}

/** Fills the window from the transaction log as far as it has room. */
export async function readAhead(worker: Worker): Promise<void> {
  while (hasRoom(worker)) {
    const { deps, lease, line, window } = worker;
    const part = await deps.pages.read(deps.db, lease.shard, worker.readPos);
    const { include } = line.config;
    const wanted = part.entries.flatMap(({ row, item }) =>
      item !== undefined && isWanted(include, row.category, row.previous_category) ? [item] : [],
    );
    const items = await withEarlierEdits(deps.db, line.name, wanted);
    worker.logHasMore = part.more;
    for (const item of items) if (!worker.recordedAhead.delete(item.tpos)) window.add(item);
    worker.readPos = part.readTo;
    window.readTo(part.readTo);
  }
}

interface DueRow {
  id: number;
  tpos: number;
  replay: number | null;
  attempts: number;
  first_at_ms: number;
  next_at_ms: number;
  uncertain_at_ms: number | null;
  deadline_at_ms: number | null;
  /** It waited for its mapping or its cause until now. */
  waited: boolean;
  without_cause: boolean;
}

/** Loads the exceptions whose time has come, a few more than can be under way, and learns when the next is due. */
export async function readDue(worker: Worker): Promise<void> {
  const nowMs = worker.deps.ports.nowMs();
  if (nowMs < worker.dueAtMs || worker.due.length > 0) return;
  const { name, config } = worker.line;
  const { shard } = worker.lease;
  const limit = config.concurrency * 2 + worker.taken.size + 1;
  const rows = await worker.deps.db.query<DueRow>(sql`
    SELECT id, tpos, replay, attempts, first_at_ms, next_at_ms, uncertain_at_ms, deadline_at_ms, state = 'held' AS waited, without_cause
    FROM delivery
    WHERE destination = ${name} AND shard = ${shard} AND next_at_ms IS NOT NULL ORDER BY next_at_ms, tpos LIMIT ${limit}`);
  const fresh = rows.filter((row) => !worker.taken.has(row.id));
  const ripe = fresh.filter((row) => row.next_at_ms <= nowMs);
  worker.dueAtMs = fresh.find((row) => row.next_at_ms > nowMs)?.next_at_ms ?? (rows.length < limit ? Number.POSITIVE_INFINITY : nowMs);
  const live = await loadDue(
    worker,
    ripe.filter((row) => row.replay === null),
    false,
  );
  const replayed = await loadDue(
    worker,
    ripe.filter((row) => row.replay !== null),
    true,
  );
  worker.due.push(...live, ...replayed);
}

async function loadDue(worker: Worker, rows: readonly DueRow[], replay: boolean): Promise<Worker["due"]> {
  if (rows.length === 0) return [];
  const { shard } = worker.lease;
  const logRows = await readLogRowsAt(
    worker.deps.db,
    shard,
    rows.map((row) => row.tpos),
  );
  const loaded = await loadItems(worker.deps.db, shard, logRows, replay);
  const items = new Map((await withEdits(worker.deps.db, worker.line.name, loaded)).map((item) => [item.tpos, item]));
  return rows.flatMap((row) => {
    const item = items.get(row.tpos);
    if (item === undefined) return [];
    worker.taken.add(row.id);
    return [{ ...failuresOf(row), id: row.id, item }];
  });
}

const failuresOf = (row: DueRow): Failures => ({
  attempts: row.attempts,
  firstAtMs: row.first_at_ms,
  uncertainAtMs: row.uncertain_at_ms ?? undefined,
  deadlineAtMs: row.deadline_at_ms ?? undefined,
  waited: row.waited,
  withoutCause: row.without_cause,
});
