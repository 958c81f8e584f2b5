import type { Database, Queryable } from "../db/database.ts";
import { sql, type Sql } from "../db/sql.ts";

/** A worker's right to one (subscriber, shard), as long as nobody has taken a higher fence. */
export interface Lease {
  readonly subscriber: string;
  readonly shard: string;
  readonly fence: number;
  /** The one before did not give it back: its process ended in the middle of its work, or lost the lease and may not know it. */
  readonly takenOver: boolean;
}

/** The fence has moved on: another process works this shard now. Expected; the worker steps back and asks again. */
export class LeaseLost extends Error {
  override readonly name = "LeaseLost";
}

/** The database's clock in milliseconds: leases of several processes are compared by one clock. */
const DB_NOW_MS: Sql = sql`(extract(epoch FROM clock_timestamp()) * 1000)::bigint`;

/**
 * Takes the lease if it is free, run out, or this owner's own from an earlier life (a process that was killed starts
 * again at once). `undefined` when another owner holds it. The row is made at the first call.
 */
export async function takeLease(
  db: Queryable,
  want: { subscriber: string; shard: string; owner: string; leaseMs: number },
): Promise<Lease | undefined> {
  await db.query(sql`
    INSERT INTO subscriber_cursor (subscriber, shard) VALUES (${want.subscriber}, ${want.shard}) ON CONFLICT DO NOTHING`);
  const rows = await db.query<{ fence: number; taken_over: boolean }>(sql`
    UPDATE subscriber_cursor c SET fence = c.fence + 1, lease_owner = ${want.owner}, lease_until_ms = ${DB_NOW_MS} + ${want.leaseMs}::bigint
    FROM (SELECT lease_owner FROM subscriber_cursor WHERE subscriber = ${want.subscriber} AND shard = ${want.shard} FOR UPDATE) AS former
    WHERE c.subscriber = ${want.subscriber} AND c.shard = ${want.shard}
      AND (c.lease_owner IS NULL OR c.lease_owner = ${want.owner} OR c.lease_until_ms < ${DB_NOW_MS})
    RETURNING c.fence, former.lease_owner IS NOT NULL AS taken_over`);
  const [row] = rows;
  return row && { subscriber: want.subscriber, shard: want.shard, fence: row.fence, takenOver: row.taken_over };
}

/** Gives the lease back so that another process need not wait for its end. Does nothing if it was lost. */
export async function releaseLease(db: Queryable, lease: Lease): Promise<void> {
  await db.query(sql`
    UPDATE subscriber_cursor SET lease_owner = NULL, lease_until_ms = 0
    WHERE subscriber = ${lease.subscriber} AND shard = ${lease.shard} AND fence = ${lease.fence}::bigint`);
}

/** Makes the lease last longer without moving the cursor. Throws `LeaseLost`. */
export async function renewLease(db: Queryable, lease: Lease, leaseMs: number): Promise<void> {
  const rows = await db.query(sql`
    UPDATE subscriber_cursor SET lease_until_ms = ${DB_NOW_MS} + ${leaseMs}::bigint
    WHERE subscriber = ${lease.subscriber} AND shard = ${lease.shard} AND fence = ${lease.fence}::bigint RETURNING fence`);
  if (rows.length === 0) throw new LeaseLost(lease.shard);
}

/**
 * Reads the cursor and locks its row to the end of the transaction. The lock, not the lease, is what keeps two writers
 * apart: positions of the read model are given out under it.
 */
export async function lockCursor(
  tx: Queryable,
  subscriber: string,
  shard: string,
): Promise<{ pos: number; fence: number; reader: string }> {
  await tx.query(sql`INSERT INTO subscriber_cursor (subscriber, shard) VALUES (${subscriber}, ${shard}) ON CONFLICT DO NOTHING`);
  const rows = await tx.query<{ pos: number; fence: number; reader: string }>(sql`
    SELECT pos, fence, reader FROM subscriber_cursor WHERE subscriber = ${subscriber} AND shard = ${shard} FOR UPDATE`);
  const row = rows[0];
  if (row === undefined) throw new LeaseLost(shard);
  return row;
}

/** Locks the cursor and makes sure that the lease still stands. Throws `LeaseLost`. */
export async function lockLeasedCursor(tx: Queryable, lease: Lease): Promise<{ pos: number; reader: string }> {
  const rows = await tx.query<{ pos: number; fence: number; reader: string }>(sql`
    SELECT pos, fence, reader FROM subscriber_cursor WHERE subscriber = ${lease.subscriber} AND shard = ${lease.shard} FOR UPDATE`);
  const row = rows[0];
  if (row?.fence !== lease.fence) throw new LeaseLost(lease.shard);
  return row;
}

/** Moves the cursor; the last statement of a page's transaction, so that the cursor never runs ahead of the work. */
export async function moveCursor(tx: Queryable, lease: Lease, pos: number, leaseMs: number): Promise<void> {
  await tx.query(sql`
    UPDATE subscriber_cursor SET pos = ${pos}::bigint, lease_until_ms = ${DB_NOW_MS} + ${leaseMs}::bigint
    WHERE subscriber = ${lease.subscriber} AND shard = ${lease.shard}`);
}

export async function readCursor(db: Database | Queryable, subscriber: string, shard: string): Promise<number> {
  const rows = await db.query<{ pos: number }>(sql`
    SELECT pos FROM subscriber_cursor WHERE subscriber = ${subscriber} AND shard = ${shard}`);
  return rows[0]?.pos ?? 0;
}
