import { equalBytes } from "@tillsync/sync-protocol";
import { hashAt } from "../journal/hash-at.ts";
import type { AgentStore } from "../store/agent-store.ts";
import { sql } from "../store/sql.ts";

/** The upstream that leases. A peer's word about our journal leases nothing. */
const CLOUD = "cloud";

/**
 * Whether the cloud holds the first entries of this life of the terminal, from this very disk. Two copies of one backup
 * start the same epoch, and whatever is granted to it may reach both; but the cloud holds the journal of only one of them.
 * Until it is known to be ours, nothing that was granted to the epoch is ours either.
 */
export function isHeard(store: AgentStore): boolean {
  const { epoch } = store.end;
  const acked = store
    .prepare<[string, number], { seq: number; hash: Uint8Array }>(
      sql`SELECT acked_seq AS seq, acked_hash AS hash FROM upstream WHERE name = ? AND epoch = ?`,
    )
    .get(CLOUD, epoch);
  if (acked === undefined || acked.seq < 1 || acked.seq > store.end.seq) return false;
  const ours = hashAt(store, epoch, acked.seq);
  return ours === "pruned" || (ours !== undefined && equalBytes(ours, acked.hash));
}
