import { TillsyncError } from "@tillsync/sync-protocol";

/**
 * Batches in hand at once. Each holds its body twice, some 1 MB for a full batch of sales and 16 MB at the very most, and
 * the shard's lock lets one through at a time; more would only wait in memory instead of on the terminals' disks.
 */
export const BATCHES_IN_HAND_MAX = 64;

export interface Admission {
  /** Throws `wire.busy` when there is no room now: before anything is done for a request that would only be refused. */
  check(): void;
  /** Throws `wire.busy` when there is no room. Call the result once. */
  enter(): () => void;
}

export function createAdmission(max = BATCHES_IN_HAND_MAX): Admission {
  let inHand = 0;
  const check = (): void => {
    if (inHand >= max) throw new TillsyncError("wire.busy", `${max} batches in hand`);
  };
  return {
    check,
    enter: () => {
      check();
      inHand++;
      return () => {
        inHand--;
      };
    },
  };
}
