import type { Database } from "../db/database.ts";
import { LeaseLost, takeLease, type Lease } from "./cursor.ts";
import type { BackgroundLog, BackgroundPorts } from "./ports.ts";
import { retryDelayMs } from "./retry-delay.ts";

/** How long a lease lasts without a sign of life: what another process waits after a machine is lost. */
export const LEASE_MS = 10_000;
/** Waits after failures of the database, doubled up to the cap, with full jitter. */
export const DATABASE_RETRY = { baseMs: 100, capMs: 10_000 };

export interface LeaseDeps {
  readonly db: Database;
  readonly ports: BackgroundPorts;
  readonly log: BackgroundLog;
  /** Who holds leases: the same after a restart of the same process, another in another data folder. */
  readonly owner: string;
}

/**
 * Runs `work` under the lease of one (subscriber, shard) until `signal` aborts: again when the lease was lost, again
 * with growing waits when it failed. `work` gets a callback for "something succeeded". Never rejects.
 */
export async function holdLease(
  deps: LeaseDeps,
  of: { readonly subscriber: string; readonly shard: string },
  signal: AbortSignal,
  work: (lease: Lease, onProgress: () => void) => Promise<void>,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      const lease = await takeLease(deps.db, { ...of, owner: deps.owner, leaseMs: LEASE_MS });
      if (lease === undefined) await deps.ports.sleep(LEASE_MS / 4, signal);
      else
        await work(lease, () => {
          failures = 0;
        });
    } catch (error) {
      if (error instanceof LeaseLost) continue;
      failures += 1;
      deps.log.warn({ err: error, ...of, failures }, "background work failed and is tried again");
      await deps.ports.sleep(retryDelayMs(failures, DATABASE_RETRY, deps.ports.random()), signal);
    }
  }
}
