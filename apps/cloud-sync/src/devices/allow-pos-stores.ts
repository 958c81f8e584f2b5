import { TillsyncError } from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";

export interface StoreRow {
  readonly storeId: string;
  readonly shard: string;
  /** The POS's own store numbers that its terminals may write; null: any. */
  readonly posStores: readonly string[] | null;
  readonly terminals: number;
}

/** Sets which of the POS's store numbers a store's terminals may write; none given: any. Throws `store.unknown`. */
export async function allowPosStores(db: Queryable, store: string, posStores: readonly string[]): Promise<void> {
  const rows = await db.query(sql`
    UPDATE store SET pos_stores = ${posStores.length === 0 ? null : posStores}::text[] WHERE store_id = ${store} RETURNING store_id`);
  if (rows.length === 0) throw new TillsyncError("store.unknown", store);
}

export const listStores = (db: Queryable): Promise<StoreRow[]> =>
  db.query<StoreRow>(sql`
    SELECT store_id AS "storeId", shard, pos_stores AS "posStores", (SELECT count(*) FROM terminal t WHERE t.store_id = s.store_id) AS terminals
    FROM store s ORDER BY store_id`);
