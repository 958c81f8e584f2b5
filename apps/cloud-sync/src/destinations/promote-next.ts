import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";

/**
 * Of each key the earliest exception: if it is held, its turn has come. Gives those of the keys that still have
 * exceptions. Call it under the cursor's lock, which every change of a destination's exceptions holds.
 */
export async function promoteNext(
  tx: Queryable,
  destination: string,
  shard: string,
  orderingKeys: readonly string[],
  nowMs: number,
): Promise<string[]> {
  if (orderingKeys.length === 0) return [];
  const rows = await tx.query<{ ordering_key: string }>(sql`
    WITH first AS (
      SELECT DISTINCT ON (ordering_key) id, ordering_key, state FROM delivery
      WHERE destination = ${destination} AND shard = ${shard} AND replay IS NULL AND released_at_ms IS NULL
        AND ordering_key = ANY(${orderingKeys}::text[])
      ORDER BY ordering_key, tpos
    ), promoted AS (
      UPDATE delivery d SET state = 'retrying', next_at_ms = ${nowMs}::bigint FROM first WHERE d.id = first.id AND first.state = 'held'
    )
    SELECT ordering_key FROM first`);
  return rows.map((row) => row.ordering_key);
}
