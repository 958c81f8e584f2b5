import { setTimeout as delay } from "node:timers/promises";

/** A batch of this many entries is part of a backlog. Smaller ones are a shop selling, which never slows readers down. */
const BACKLOG_ENTRIES_MIN = 100;

/** How long after a backlog's batch its successor is expected. Covers a round trip on a LAN; longer is idle time. */
const BACKLOG_PAUSE_MS = 60;

/**
 * Tells readers of the event log whether a backlog is draining, so that they leave the machine to it: acknowledging
 * comes first. It only ever asks; a reader bounds its own patience.
 */
export interface Pressure {
  /** A batch is being accepted; call the result once when it is done. */
  enter(entries: number): () => void;
  busy(): boolean;
  /** Ends when no backlog is draining, after `waitMaxMs`, or when `signal` aborts; never rejects. */
  quiet(waitMaxMs: number, signal?: AbortSignal): Promise<void>;
}

export function createPressure(now: () => number): Pressure {
  let inHand = 0;
  let lastMs = Number.NEGATIVE_INFINITY;
  const busy = (): boolean => inHand > 0 || Math.abs(now() - lastMs) < BACKLOG_PAUSE_MS;
  return {
    busy,
    enter: (entries) => {
      if (entries < BACKLOG_ENTRIES_MIN) return () => undefined;
      inHand++;
      return () => {
        inHand--;
        lastMs = now();
      };
    },
    quiet: async (waitMaxMs, signal) => {
      for (let waitedMs = 0; busy() && waitedMs < waitMaxMs; waitedMs += BACKLOG_PAUSE_MS) {
        if (signal?.aborted === true) return;
        const pauseMs = Math.min(BACKLOG_PAUSE_MS, waitMaxMs - waitedMs);
        await delay(pauseMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
      }
    },
  };
}
