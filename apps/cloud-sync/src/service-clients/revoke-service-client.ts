import { TillsyncError } from "@tillsync/sync-protocol";
import type { Database } from "../db/database.ts";
import { sql } from "../db/sql.ts";

/** From its next request on the client is refused; what it wrote stays. Throws `client.unknown`. */
export function revokeServiceClient(db: Database, name: string, deed: { who: string; nowMs: number }): Promise<void> {
  return db.transaction(async (tx) => {
    const revoked = await tx.query(sql`
      UPDATE service_client SET revoked_at_ms = ${deed.nowMs}::bigint WHERE name = ${name} AND revoked_at_ms IS NULL RETURNING name`);
    if (revoked.length === 0) throw new TillsyncError("client.unknown", name);
    await tx.query(sql`
      INSERT INTO service_client_audit (at_ms, action, name, who) VALUES (${deed.nowMs}::bigint, 'revoke', ${name}, ${deed.who})`);
  });
}
