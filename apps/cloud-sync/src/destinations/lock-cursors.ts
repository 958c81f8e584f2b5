import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { destinationCursor } from "./destination-name.ts";

/** Locks all cursors of a destination to the end of the transaction: no worker of any process records anything meanwhile. */
export async function lockCursors(tx: Queryable, key: string): Promise<void> {
  await tx.query(sql`SELECT shard FROM subscriber_cursor WHERE subscriber = ${destinationCursor(key)} ORDER BY shard FOR UPDATE`);
}
