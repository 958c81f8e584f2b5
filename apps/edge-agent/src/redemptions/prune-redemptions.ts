import type { AgentStore } from "../store/agent-store.ts";
import { inTransaction } from "../store/in-transaction.ts";
import { sql } from "../store/sql.ts";

const DAY_MS = 86_400_000;
/** Rows deleted in one transaction: a sale that comes meanwhile waits a few milliseconds at most. */
const STEP_ROWS = 500;

/**
 * Forgets one step of redemptions that were settled more than `days` ago; open reservations and the counts of leases stay
 * for ever. Their entries are in the journal. Returns how many went.
 */
export function pruneRedemptions(store: AgentStore, days: number): number {
  const before = store.now() - days * DAY_MS;
  return inTransaction(
    store,
    () =>
      store
        .prepare(
          sql`DELETE FROM redemption WHERE id IN (SELECT id FROM redemption WHERE state <> 'reserved' AND settled_at_ms < ? LIMIT ?)`,
        )
        .run(before, STEP_ROWS).changes,
  );
}
