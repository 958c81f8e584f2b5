import { TillsyncError } from "@tillsync/sync-protocol";

/** Lets some work on at once and the rest wait in order. */
export interface Gate {
  /** Runs `work` as soon as there is room. Throws `wire.busy` at once when too many wait already. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

/** `atOnce` keeps connections to the database free for sales; `waitingMax` bounds what waits in memory. */
export function createGate(atOnce: number, waitingMax: number): Gate {
  const waiting: (() => void)[] = [];
  let running = 0;
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  };
  return {
    run: async (work) => {
      if (running < atOnce) running += 1;
      else if (waiting.length >= waitingMax) throw new TillsyncError("wire.busy", `${waitingMax} requests wait`);
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}
