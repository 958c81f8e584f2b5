/** One lease's place among those that this process may hold. */
export interface Place {
  /** Aborts when this process has more than its share: the lease is to be given back, between two pieces of work. */
  readonly giveBack: AbortSignal;
  leave(): void;
}

/**
 * How many leases one of several processes may hold, so that all of them share the work evenly. It decides nothing about
 * safety, which is the leases' and fences' own matter.
 */
export interface LeaseShare {
  /** A place for one more lease; undefined when this process has its share. Leave it when the lease was not had, or is over. */
  enter(): Place | undefined;
  /** Sets the share, and asks for one lease back when there are more: one at a time, the latest first. */
  allow(places: number): void;
  readonly held: number;
}

/** Nothing is allowed before the first `allow`. */
export function createLeaseShare(): LeaseShare {
  const held: AbortController[] = [];
  let allowed = 0;
  return {
    enter: () => {
      if (held.length >= allowed) return undefined;
      const giveBack = new AbortController();
      held.push(giveBack);
      return {
        giveBack: giveBack.signal,
        leave: () => {
          const at = held.indexOf(giveBack);
          if (at >= 0) held.splice(at, 1);
        },
      };
    },
    allow: (places) => {
      allowed = places;
      // One that was asked already may need a while; it counts until it has left.
      if (held.length > places && !held.some(({ signal }) => signal.aborted)) held.at(-1)?.abort();
    },
    get held() {
      return held.length;
    },
  };
}

/** Each process's part of `total` leases, rounded up: all are held by somebody, and nobody has two more than another. */
export const fairShare = (total: number, processes: number): number => Math.ceil(total / Math.max(1, processes));
