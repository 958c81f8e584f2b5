import type { Queryable } from "../db/database.ts";
import { sql, type Sql } from "../db/sql.ts";

/**
 * What `--store S` means for rows of `transaction t`: the cloud's store of that name; where there is none, the POS's own
 * store number.
 */
export async function storeCondition(db: Queryable, store: string | undefined): Promise<Sql> {
  if (store === undefined) return sql`true`;
  const rows = await db.query(sql`SELECT store_id FROM store WHERE store_id = ${store}`);
  return rows.length > 0 ? sql`t.store_id = ${store}` : sql`t.store = ${store}`;
}
