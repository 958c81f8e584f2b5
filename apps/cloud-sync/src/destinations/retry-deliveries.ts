import type { Database, Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { lockCursor } from "../subscribers/cursor.ts";
import { auditDeliveries } from "./audit.ts";
import { makeDue, type DeliveryState } from "./deliveries.ts";
import { destinationCursor } from "./destination-name.ts";

/** Deliveries of one transaction: a dispatcher waits no longer than for these. */
export const RETRY_PAGE_ROWS = 500;

export interface RetryWish {
  /** Key of the destination. */
  readonly destination: string;
  readonly state: DeliveryState;
  readonly who: string;
  readonly reason?: string | undefined;
}

/**
 * Lets all exceptions of a destination and state be tried again now, a page after the other, those there were at the
 * beginning. What only waits behind an earlier one of its key follows by itself and is left alone. Audited one by one.
 * Gives how many.
 */
export async function retryDeliveries(db: Database, wish: RetryWish, now: () => number): Promise<number> {
  const [newest] = await db.query<{ id: number | null }>(sql`SELECT max(id) AS id FROM delivery WHERE destination = ${wish.destination}`);
  const end = newest?.id ?? 0;
  let count = 0;
  for (let after = 0; ;) {
    const rows = await readPage(db, wish, after, end);
    const last = rows.at(-1);
    if (last === undefined) return count;
    for (const [shard, of] of Map.groupBy(rows, (row) => row.shard))
      count += await db.transaction((tx) =>
        retryPage(
          tx,
          wish,
          shard,
          of.map((row) => row.id),
          now(),
        ),
      );
    after = last.id;
  }
}

const readPage = (db: Queryable, wish: RetryWish, after: number, end: number): Promise<{ id: number; shard: string }[]> =>
  db.query<{ id: number; shard: string }>(sql`
    SELECT id, shard FROM delivery
    WHERE destination = ${wish.destination} AND state = ${wish.state} AND (state <> 'held' OR code IS NOT NULL)
      AND id > ${after}::bigint AND id <= ${end}::bigint
    ORDER BY id LIMIT ${RETRY_PAGE_ROWS}`);

/** Those of a page that are still as they were when they were read. */
async function retryPage(tx: Queryable, wish: RetryWish, shard: string, ids: readonly number[], nowMs: number): Promise<number> {
  await lockCursor(tx, destinationCursor(wish.destination), shard);
  const still = await tx.query<{ id: number }>(sql`
    SELECT id FROM delivery WHERE id = ANY(${ids}::bigint[]) AND state = ${wish.state} ORDER BY id`);
  const same = still.map((row) => row.id);
  await auditDeliveries(tx, same, { action: "retry", who: wish.who, reason: wish.reason }, nowMs);
  await makeDue(tx, same, nowMs);
  return same.length;
}
