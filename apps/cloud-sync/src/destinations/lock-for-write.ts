import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { lockLeasedCursor, type Lease } from "../subscribers/cursor.ts";
import { LEASE_MS } from "../subscribers/hold-lease.ts";

/**
 * Locks the cursor of a lease for a write, to the end of the transaction. A process that is frozen in the middle of it has
 * the write undone by the database, and the lock with it, before any lease of a destination is over: whoever takes over
 * does not wait for it. Throws `LeaseLost`.
 */
export async function lockForWrite(tx: Queryable, lease: Lease): Promise<void> {
  await tx.query(sql`SELECT set_config('idle_in_transaction_session_timeout', ${String(LEASE_MS)}::text, true)`);
  await lockLeasedCursor(tx, lease);
}
