import type { Database } from "../db/database.ts";
import { LeaseLost, takeLease, type Lease } from "./cursor.ts";
import type { LeaseShare } from "./lease-share.ts";
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
  /** How many leases this process may hold; undefined: all that it can get. */
  readonly share?: LeaseShare;
}

/** Not all at the same moment: where fewer may be held than are wanted, each must get its turn to ask. */
const waitMs = (ports: BackgroundPorts): number => LEASE_MS * (1 / 8 + ports.random() / 4);

/**
 * Runs `work` under the lease of one (subscriber, shard) until `signal` aborts: again when the lease was lost, again
 * with growing waits when it failed. `work` gets a callback for "something succeeded", and a signal upon which it is to
 * give the lease back and end: `signal`, or this process has more leases than its share. Never rejects.
 */
export async function holdLease(
  deps: LeaseDeps,
  of: { readonly subscriber: string; readonly shard: string },
  signal: AbortSignal,
  work: (lease: Lease, onProgress: () => void, until: AbortSignal) => Promise<void>,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    const place = deps.share?.enter();
    try {
      const mayTake = deps.share === undefined || place !== undefined;
      const lease = mayTake ? await takeLease(deps.db, { ...of, owner: deps.owner, leaseMs: LEASE_MS }) : undefined;
      if (lease === undefined) {
        place?.leave();
        await deps.ports.sleep(waitMs(deps.ports), signal);
      } else {
        const onProgress = (): void => {
          failures = 0;
        };
        await work(lease, onProgress, place === undefined ? signal : AbortSignal.any([signal, place.giveBack]));
      }
    } catch (error) {
      if (error instanceof LeaseLost) continue;
      failures += 1;
      deps.log.warn({ err: error, ...of, failures }, "background work failed and is tried again");
      await deps.ports.sleep(retryDelayMs(failures, DATABASE_RETRY, deps.ports.random()), signal);
    } finally {
      place?.leave();
    }
  }
}
