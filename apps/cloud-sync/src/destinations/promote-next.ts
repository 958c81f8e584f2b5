import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";

interface KeyRow {
  readonly id: number;
  readonly ordering_key: string;
  readonly natural_key: string;
  readonly state: "retrying" | "uncertain" | "parked" | "held";
  readonly code: string | null;
  readonly cause: string | null;
}

/**
 * Of each key the exception whose turn has come is made due, if it is only held behind others: the earliest; or, when that
 * waits for its cause, the receipt that is the cause, since a return that came before its sale must not keep it out. Rows
 * that a person released block nobody. Gives those of the keys that still have exceptions that block. Call it under the
 * cursor's lock, which every change of a destination's exceptions holds.
 */
export async function promoteNext(
  tx: Queryable,
  destination: string,
  shard: string,
  orderingKeys: readonly string[],
  nowMs: number,
): Promise<string[]> {
  if (orderingKeys.length === 0) return [];
  const rows = await tx.query<KeyRow>(sql`
    WITH mine AS (
      SELECT id, ordering_key, natural_key, tpos, state, code, cause FROM delivery
      WHERE destination = ${destination} AND shard = ${shard} AND replay IS NULL AND released_at_ms IS NULL
        AND ordering_key = ANY(${orderingKeys}::text[])
    ), first AS (SELECT DISTINCT ON (ordering_key) * FROM mine ORDER BY ordering_key, tpos)
    SELECT id, ordering_key, natural_key, state, code, cause FROM (
      SELECT * FROM first
      UNION SELECT m.* FROM mine m JOIN first f ON f.ordering_key = m.ordering_key AND f.cause IS NOT NULL
    ) AS wanted ORDER BY ordering_key, tpos`);
  const due = [...Map.groupBy(rows, (row) => row.ordering_key).values()].flatMap((ofKey) => nextOf(ofKey) ?? []);
  if (due.length > 0)
    await tx.query(sql`
      UPDATE delivery SET state = 'retrying', next_at_ms = ${nowMs}::bigint WHERE id = ANY(${due.map((row) => row.id)}::bigint[])`);
  return [...new Set(rows.map((row) => row.ordering_key))];
}

/** `rows`: the first of a key, or all of it, in the order of the log, when the first waits for its cause. */
function nextOf(rows: readonly KeyRow[]): KeyRow | undefined {
  const causes = new Set<string>();
  for (const row of rows) {
    if (row.cause !== null) causes.add(row.cause);
    else if (causes.size === 0 || provides(row, causes)) return isBehindOthers(row) ? row : undefined;
  }
  return undefined;
}

/** A receipt is there with its natural key; a member or an order with any step of theirs, which share its key. */
const provides = (row: KeyRow, causes: ReadonlySet<string>): boolean =>
  causes.has(row.natural_key) || (/^(member|order):/.test(row.ordering_key) && causes.has(row.ordering_key));

/** Held for no reason of its own. */
const isBehindOthers = ({ state, code }: KeyRow): boolean => state === "held" && code === null;
