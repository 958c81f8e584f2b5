import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";

/** The destination's id of a receipt's latest revision that was delivered there; undefined when none was, or it told none. */
export async function vendorIdOf(db: Queryable, destination: string, naturalKey: string): Promise<string | undefined> {
  const rows = await db.query<{ vendor_id: string | null }>(sql`
    SELECT r.vendor_id FROM transaction t JOIN receipt r ON r.destination = ${destination} AND r.shard = t.shard AND r.tpos = t.tpos
    WHERE t.natural_key = ${naturalKey} AND r.outcome = 'delivered' ORDER BY t.revision DESC LIMIT 1`);
  return rows[0]?.vendor_id ?? undefined;
}
