import type { Queryable } from "../db/database.ts";
import { sql, type Sql } from "../db/sql.ts";

/** How long a feed is kept for a process that gives no sign of life. */
export const FEED_LEASE_MS = 15_000;

/** The database's clock: leases and polls of several processes are reckoned by one. */
export const DB_NOW_MS: Sql = sql`(extract(epoch FROM clock_timestamp()) * 1000)::bigint`;

/** The right to poll one feed and to write what it says, as long as nobody has taken a higher fence. */
export interface FeedLease {
  readonly feed: string;
  readonly fence: number;
}

/** Another process polls this feed now, or it was removed. Expected: the run ends, and nothing of it is lost. */
export class FeedLeaseLost extends Error {
  override readonly name = "FeedLeaseLost";
}

/** Undefined while another holds it, and for a feed that is not there. */
export async function takeFeed(db: Queryable, feed: string, owner: string): Promise<FeedLease | undefined> {
  const [row] = await db.query<{ fence: number }>(sql`
    UPDATE feed SET fence = fence + 1, lease_owner = ${owner}, lease_until_ms = ${DB_NOW_MS} + ${FEED_LEASE_MS}::bigint
    WHERE name = ${feed} AND (lease_owner IS NULL OR lease_owner = ${owner} OR lease_until_ms < ${DB_NOW_MS})
    RETURNING fence`);
  return row && { feed, fence: row.fence };
}

/** Throws `FeedLeaseLost`. */
export async function renewFeed(db: Queryable, { feed, fence }: FeedLease): Promise<void> {
  const rows = await db.query(sql`
    UPDATE feed SET lease_until_ms = ${DB_NOW_MS} + ${FEED_LEASE_MS}::bigint
    WHERE name = ${feed} AND fence = ${fence}::bigint RETURNING name`);
  if (rows.length === 0) throw new FeedLeaseLost(feed);
}

/** Locks the feed to the end of the transaction and makes sure that the lease still stands. Throws `FeedLeaseLost`. */
export async function lockFeed(tx: Queryable, { feed, fence }: FeedLease): Promise<void> {
  const [row] = await tx.query<{ fence: number }>(sql`SELECT fence FROM feed WHERE name = ${feed} FOR UPDATE`);
  if (row?.fence !== fence) throw new FeedLeaseLost(feed);
}
