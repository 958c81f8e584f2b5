import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import type { FeedRefusal } from "./feed-kind.ts";

/** Refused records that are kept by name; past it they only count. A feed with more has one mistake, not thousands. */
export const REFUSALS_MAX = 10_000;
/** As much of a refusal as is kept. */
const DETAIL_CHARS_MAX = 500;

export interface RefusalRow {
  readonly part: string;
  /** The record at the system. */
  readonly key: string;
  readonly code: string;
  readonly detail: string;
  readonly firstAtMs: number;
  readonly triedAtMs: number;
}

/** Takes down what is wrong with the records of a page, and strikes those that are right now. */
export async function noteRefusals(
  tx: Queryable,
  of: { feed: string; part: string },
  items: readonly { readonly key: string; readonly refused: readonly FeedRefusal[] }[],
  nowMs: number,
): Promise<void> {
  const wrong = items.flatMap(({ key, refused }) => {
    const [first] = refused;
    if (first === undefined) return [];
    return [
      {
        k: key,
        c: first.code,
        d: refused
          .map(({ detail }) => detail)
          .join("; ")
          .slice(0, DETAIL_CHARS_MAX),
      },
    ];
  });
  const right = items.filter(({ refused }) => refused.length === 0).map(({ key }) => key);
  await tx.query(sql`DELETE FROM feed_refusal WHERE feed = ${of.feed} AND part = ${of.part} AND key = ANY(${right}::text[])`);
  if (wrong.length === 0) return;
  await tx.query(sql`
    INSERT INTO feed_refusal (feed, part, key, code, detail, first_at_ms, tried_at_ms)
    SELECT ${of.feed}, ${of.part}, k, c, d, ${nowMs}::bigint, ${nowMs}::bigint
    FROM json_to_recordset(${JSON.stringify(wrong)}::json) AS r (k text, c text, d text)
    WHERE (SELECT count(*) FROM feed_refusal WHERE feed = ${of.feed}) < ${REFUSALS_MAX}
      OR EXISTS (SELECT 1 FROM feed_refusal WHERE feed = ${of.feed} AND part = ${of.part} AND key = k)
    ON CONFLICT (feed, part, key) DO UPDATE SET code = EXCLUDED.code, detail = EXCLUDED.detail, tried_at_ms = EXCLUDED.tried_at_ms`);
}

/** Records to try again, the one that was tried longest ago first. */
export async function refusedKeys(db: Queryable, feed: string, part: string, limit: number): Promise<string[]> {
  const rows = await db.query<{ key: string }>(sql`
    SELECT key FROM feed_refusal WHERE feed = ${feed} AND part = ${part} ORDER BY tried_at_ms, key LIMIT ${limit}`);
  return rows.map(({ key }) => key);
}

/** A record that is not there any more is refused no more. */
export async function strikeRefusals(tx: Queryable, feed: string, part: string, keys: readonly string[]): Promise<void> {
  await tx.query(sql`DELETE FROM feed_refusal WHERE feed = ${feed} AND part = ${part} AND key = ANY(${keys}::text[])`);
}

export const listRefusals = (db: Queryable, feed: string, limit: number): Promise<RefusalRow[]> =>
  db.query<RefusalRow>(sql`
    SELECT part, key, code, detail, first_at_ms AS "firstAtMs", tried_at_ms AS "triedAtMs" FROM feed_refusal WHERE feed = ${feed}
    ORDER BY part, key LIMIT ${limit}`);

export async function countRefusals(db: Queryable, feed: string): Promise<number> {
  const [row] = await db.query<{ count: number }>(sql`SELECT count(*) AS count FROM feed_refusal WHERE feed = ${feed}`);
  return row?.count ?? 0;
}
