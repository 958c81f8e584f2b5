import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";

/** After a configuration was changed, and its mapping with it: what waited for a code is due at once. Gives how many. */
export async function retryMapped(tx: Queryable, key: string, nowMs: number): Promise<number> {
  const rows = await tx.query<{ id: number }>(sql`
    UPDATE delivery SET next_at_ms = ${nowMs}::bigint WHERE destination = ${key} AND code = 'delivery.mapping-missing' RETURNING id`);
  return rows.length;
}
