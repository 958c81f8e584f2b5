import type { Database, Queryable } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import { freshBudget, settleBudget, type Budget, type Grant, type Report } from "./budget.ts";
import type { RateRule } from "./rate-rule.ts";

interface Row {
  now_ms: number;
  tokens: number;
  per_second: number | null;
  ceiling: number | null;
  limited_at_ms: number;
  blocked_until_ms: number;
  left_requests: number | null;
  left_until_ms: number;
  at_ms: number;
}

/**
 * Tells the credential's shared budget what this process saw and takes out what it may send. One short transaction under
 * the lock of the credential's row, by the database's clock. Throws `db.unavailable`.
 */
export const exchange = (db: Database, credential: string, rule: RateRule | undefined, report: Report): Promise<Grant> =>
  db.transaction(async (tx) => {
    const row = (await lock(tx, credential)) ?? (await make(tx, credential, rule));
    const { budget, grant } = settleBudget(budgetOf(row), rule, report, row.now_ms);
    if (grant.free) return grant;
    await tx.query(sql`
      UPDATE rate_budget SET tokens = ${budget.tokens}::float8, per_second = ${budget.perSecond ?? null}::float8,
        ceiling = ${budget.ceiling ?? null}::float8, limited_at_ms = ${budget.limitedAtMs}::bigint,
        blocked_until_ms = ${budget.blockedUntilMs}::bigint, left_requests = ${budget.left ?? null}::float8,
        left_until_ms = ${budget.leftUntilMs}::bigint, at_ms = ${budget.atMs}::bigint
      WHERE credential = ${credential}`);
    return grant;
  });

/** The clock is read after the lock was waited for. */
async function lock(tx: Queryable, credential: string): Promise<Row | undefined> {
  const rows = await tx.query<Row>(sql`
    WITH locked AS MATERIALIZED (SELECT * FROM rate_budget WHERE credential = ${credential} FOR UPDATE)
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now_ms, locked.* FROM locked`);
  return rows[0];
}

async function make(tx: Queryable, credential: string, rule: RateRule | undefined): Promise<Row> {
  const fresh = freshBudget(rule, 0);
  await tx.query(sql`
    INSERT INTO rate_budget (credential, tokens, per_second, ceiling, limited_at_ms, blocked_until_ms, left_until_ms, at_ms)
    VALUES (${credential}, ${fresh.tokens}::float8, ${fresh.perSecond ?? null}::float8, ${fresh.ceiling ?? null}::float8, 0, 0, 0,
      (extract(epoch FROM clock_timestamp()) * 1000)::bigint)
    ON CONFLICT DO NOTHING`);
  const row = await lock(tx, credential);
  if (row === undefined) throw new Error("a rate budget's row is never removed");
  return row;
}

const budgetOf = (row: Row): Budget => ({
  tokens: row.tokens,
  perSecond: row.per_second ?? undefined,
  ceiling: row.ceiling ?? undefined,
  limitedAtMs: row.limited_at_ms,
  blockedUntilMs: row.blocked_until_ms,
  left: row.left_requests ?? undefined,
  leftUntilMs: row.left_until_ms,
  atMs: row.at_ms,
});
