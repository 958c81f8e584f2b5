import { isRetail, naturalKey, referencedKey, type Transaction } from "@tillsync/sync-protocol";
import type { DeliveryItem } from "../connectors/connector.ts";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import type { Category } from "../transactions/category.ts";
import type { Arrivals } from "./arrivals.ts";
import { destinationCursor } from "./destination-name.ts";

/**
 * Natural keys of the receipts that a transaction is about: the one that it voids, and those whose goods it takes back,
 * as far as they are named fully. Without its own.
 */
export function causesOf(transaction: Transaction): string[] {
  if (!isRetail(transaction)) return [];
  const keys = new Set<string>();
  if (transaction.voids !== undefined) keys.add(naturalKey(transaction.voids));
  for (const { returnOf } of transaction.lines) {
    const key = returnOf && referencedKey(returnOf);
    if (key !== undefined) keys.add(key);
  }
  keys.delete(naturalKey(transaction.identity));
  return [...keys];
}

interface CauseRow {
  natural_key: string;
  settled: boolean;
  arrived: boolean;
}

/**
 * The first receipt that an item is about and that this destination has not settled: neither delivered, nor left out as
 * nothing for it, nor skipped by a person, in any shard, nor unwanted there. An item of which an earlier revision went
 * out waits for nothing any more.
 */
export async function findMissingCause(
  db: Queryable,
  of: { readonly destination: string; readonly include: readonly Category[]; readonly arrivals: Arrivals },
  item: DeliveryItem,
): Promise<string | undefined> {
  const { destination, include, arrivals } = of;
  const causes = causesOf(item.transaction);
  if (causes.length === 0 || arrivals.has(item.naturalKey)) return undefined;
  const unknown = causes.filter((key) => !arrivals.has(key));
  const settled = unknown.length === 0 ? [] : await readSettled(db, destination, include, [...unknown, item.naturalKey]);
  if (settled.some((row) => row.natural_key === item.naturalKey && row.arrived)) return undefined;
  // Asked again: what arrived while the database was asked may not stand there yet.
  const missing = unknown.find((key) => !arrivals.has(key) && !settled.some((row) => row.natural_key === key && row.settled));
  if (missing !== undefined) return missing;
  // Read before the receipt that it voids was there: it has to be read anew, or nothing would be taken back.
  const { transaction } = item;
  return isRetail(transaction) && transaction.voids !== undefined && item.voided === undefined ? naturalKey(transaction.voids) : undefined;
}

const readSettled = (db: Queryable, destination: string, include: readonly Category[], keys: readonly string[]): Promise<CauseRow[]> =>
  db.query<CauseRow>(sql`
    SELECT t.natural_key, bool_or(coalesce(r.outcome = 'delivered', false)) AS arrived,
      bool_or(r.tpos IS NOT NULL)
        OR NOT bool_or(coalesce(t.category = ANY(${include}::text[]), false) OR coalesce(t.previous_category = ANY(${include}::text[]), false))
        AS settled
    FROM transaction t LEFT JOIN receipt r ON r.destination = ${destination} AND r.shard = t.shard AND r.tpos = t.tpos
    WHERE t.natural_key = ANY(${keys}::text[]) GROUP BY t.natural_key`);

/**
 * Whether a receipt is on its way to the destination by itself: in the log past a cursor, or under way again. While it is -
 * the destination was paused, or down for long -, nothing that waits for it is overdue.
 */
export async function isComing(
  db: Queryable,
  of: { readonly destination: string; readonly include: readonly Category[] },
  key: string,
): Promise<boolean> {
  const rows = await db.query(sql`
    SELECT 1 FROM transaction t
    LEFT JOIN subscriber_cursor c ON c.subscriber = ${destinationCursor(of.destination)} AND c.shard = t.shard
    LEFT JOIN delivery d ON d.destination = ${of.destination} AND d.shard = t.shard AND d.tpos = t.tpos AND d.replay IS NULL
    WHERE t.natural_key = ${key} AND (t.category = ANY(${of.include}::text[]) OR t.previous_category = ANY(${of.include}::text[]))
      AND (d.state IN ('retrying', 'uncertain') OR (d.state IS NULL AND t.tpos > coalesce(c.pos, 0)))
      AND NOT EXISTS (SELECT 1 FROM receipt r WHERE r.destination = ${of.destination} AND r.shard = t.shard AND r.tpos = t.tpos)
    LIMIT 1`);
  return rows.length > 0;
}

/**
 * What waited for the receipts named, in whatever shard, is due. Gives the shards. Rows of other shards are changed without
 * their cursor's lock: what misses this by a hair's breadth is looked at again by itself.
 */
export async function wakeWaiting(tx: Queryable, destination: string, causes: readonly string[], nowMs: number): Promise<string[]> {
  if (causes.length === 0) return [];
  const rows = await tx.query<{ shard: string }>(sql`
    UPDATE delivery SET state = 'retrying', attempts = 0, first_at_ms = ${nowMs}::bigint, next_at_ms = ${nowMs}::bigint, code = NULL,
      detail = NULL, cause = NULL
    WHERE destination = ${destination} AND cause = ANY(${causes}::text[]) RETURNING shard`);
  return rows.map((row) => row.shard);
}

/**
 * As `wakeWaiting`, for those of the causes that are recorded by now: another process may have done it between the question
 * and the answer.
 */
export async function wakeSettled(tx: Queryable, destination: string, causes: readonly string[], nowMs: number): Promise<string[]> {
  if (causes.length === 0) return [];
  const rows = await tx.query<{ natural_key: string }>(sql`
    SELECT DISTINCT t.natural_key FROM transaction t
    JOIN receipt r ON r.destination = ${destination} AND r.shard = t.shard AND r.tpos = t.tpos
    WHERE t.natural_key = ANY(${causes}::text[])`);
  return wakeWaiting(
    tx,
    destination,
    rows.map((row) => row.natural_key),
    nowMs,
  );
}
