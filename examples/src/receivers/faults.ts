import { seededRandom } from "../pos-generator/random.ts";

export const faultKinds = ["error", "busy", "timeoutAfterCommit", "dropAfterCommit", "slow"] as const;
/**
 * `error`: 500 before anything is kept. `busy`: 503 with Retry-After. `timeoutAfterCommit`: the event is booked, then no
 * answer comes. `dropAfterCommit`: booked, then the connection breaks. `slow`: booked, answered late.
 */
export type FaultKind = (typeof faultKinds)[number];

export interface FaultPlan {
  /** What happens to the next request. Asked once for each; the same seed gives the same row of answers. */
  next(): FaultKind | undefined;
  /** How often each kind has happened. */
  readonly counts: Readonly<Record<FaultKind, number>>;
}

/** `rate` is the share of requests that go wrong, 0 to 1. */
export function planFaults(seed: string | number, rate: number): FaultPlan {
  const random = seededRandom(`faults/${seed}`);
  const counts = { error: 0, busy: 0, timeoutAfterCommit: 0, dropAfterCommit: 0, slow: 0 };
  return {
    counts,
    next: () => {
      if (random.int(0, 99_999) >= rate * 100_000) return undefined;
      const kind = random.pick(faultKinds);
      counts[kind] += 1;
      return kind;
    },
  };
}
