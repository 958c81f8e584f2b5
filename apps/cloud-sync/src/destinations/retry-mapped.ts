import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";

/** After a mapping was changed: what waited for it is due at once. Gives how many. */
export async function retryMapped(tx: Queryable, key: string, nowMs: number): Promise<number> {
  const rows = await tx.query<{ id: number }>(sql`
    UPDATE delivery SET next_at_ms = ${nowMs}::bigint WHERE destination = ${key} AND code = 'delivery.mapping-missing' RETURNING id`);
  return rows.length;
}
