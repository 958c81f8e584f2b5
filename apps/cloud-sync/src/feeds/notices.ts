import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";

/** Notices of one feed that wait. Past it they are dropped: the next poll finds what changed without them. */
export const NOTICES_MAX = 10_000;

/** Notes that a record changed. False: too many wait, and the poll is what remains. */
export async function addNotice(db: Queryable, feed: string, key: string, nowMs: number): Promise<boolean> {
  const rows = await db.query(sql`
    INSERT INTO feed_notice (feed, key, at_ms)
    SELECT ${feed}, ${key}, ${nowMs}::bigint
    WHERE (SELECT count(*) FROM feed_notice WHERE feed = ${feed}) < ${NOTICES_MAX}
    ON CONFLICT (feed, key) DO UPDATE SET times = feed_notice.times + 1, at_ms = EXCLUDED.at_ms RETURNING key`);
  return rows.length > 0;
}

export interface Notice {
  readonly key: string;
  readonly times: number;
}

export const listNotices = (db: Queryable, feed: string, limit: number): Promise<Notice[]> =>
  db.query<Notice>(sql`SELECT key, times FROM feed_notice WHERE feed = ${feed} ORDER BY at_ms, key LIMIT ${limit}`);

/** Strikes notices that were followed. One that came again meanwhile stays. */
export async function strikeNotices(db: Queryable, feed: string, notices: readonly Notice[]): Promise<void> {
  await db.query(sql`
    DELETE FROM feed_notice n USING json_to_recordset(${JSON.stringify(notices)}::json) AS w (key text, times int)
    WHERE n.feed = ${feed} AND n.key = w.key AND n.times = w.times`);
}
