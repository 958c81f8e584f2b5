import { TillsyncError } from "@tillsync/sync-protocol";

/** Wrong codes from one address within a minute. A person mistypes three times; a machine is stopped here. */
export const FAILED_CODES_MAX = 10;
const WINDOW_MS = 60_000;
/** Addresses remembered at once; past it the oldest are forgotten, and 60 random bits are the defence. */
const ADDRESSES_MAX = 10_000;

/** Counts wrong enrolment codes by address, in windows of a minute. */
export interface FailedCodes {
  /** Throws `enrol.too-many` while an address is over its number. */
  check(address: string, nowMs: number): void;
  add(address: string, nowMs: number): void;
}

export function createFailedCodes(addressesMax = ADDRESSES_MAX): FailedCodes {
  const counts = new Map<string, { sinceMs: number; failed: number }>();
  const current = (address: string, nowMs: number): { sinceMs: number; failed: number } => {
    const found = counts.get(networkOf(address));
    return found !== undefined && Math.abs(nowMs - found.sinceMs) < WINDOW_MS ? found : { sinceMs: nowMs, failed: 0 };
  };
  return {
    check: (address, nowMs) => {
      if (current(address, nowMs).failed >= FAILED_CODES_MAX) throw new TillsyncError("enrol.too-many");
    },
    add: (address, nowMs) => {
      const { sinceMs, failed } = current(address, nowMs);
      counts.delete(networkOf(address));
      for (const oldest of counts.keys()) {
        if (counts.size < addressesMax) break;
        counts.delete(oldest);
      }
      counts.set(networkOf(address), { sinceMs, failed: failed + 1 });
    },
  };
}

/** One IPv6 customer has a whole /64 at least. */
const networkOf = (address: string): string => (address.includes(":") ? address.split(":").slice(0, 4).join(":") : address);
