/**
 * Wakes whoever waits for something to do: subscribers for new entries, the dispatcher for new transactions. It carries
 * no data and may wake for nothing; whoever wakes looks at the database. Nobody may rely on it alone: `wait` ends at its
 * time-out, and then one polls.
 */
export interface Wake {
  /** Wakes all who wait for `topic` now. */
  notify(topic: string): void;
  /** A mark to take BEFORE looking at the database; given to `wait`, a notify in between is not missed. */
  mark(topic: string): number;
  /** True when woken (at once if `topic` was notified after `since`), false at the time-out or when `signal` aborts. */
  wait(topic: string, timeoutMs: number, signal?: AbortSignal, since?: number): Promise<boolean>;
}

/** Topic of new entries of one shard in the event log. */
export const entriesTopic = (shard: string): string => `entries:${shard}`;
/** Topic of new rows in the transactions read model of one shard. */
export const transactionsTopic = (shard: string): string => `transactions:${shard}`;

export function createWake(): Wake {
  const marks = new Map<string, number>();
  const waiting = new Map<string, Set<() => void>>();
  const mark = (topic: string): number => marks.get(topic) ?? 0;
  return {
    mark,
    notify: (topic) => {
      marks.set(topic, mark(topic) + 1);
      const woken = waiting.get(topic);
      waiting.delete(topic);
      woken?.forEach((wakeOne) => wakeOne());
    },
    wait: (topic, timeoutMs, signal, since) => {
      if (signal?.aborted === true) return Promise.resolve(false);
      if (since !== undefined && mark(topic) > since) return Promise.resolve(true);
      return waitFor(waiting, topic, timeoutMs, signal);
    },
  };
}

function waitFor(waiting: Map<string, Set<() => void>>, topic: string, timeoutMs: number, signal?: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const set = waiting.get(topic) ?? new Set<() => void>();
    waiting.set(topic, set);
    const end = (woken: boolean): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      set.delete(onNotify);
      resolve(woken);
    };
    const onNotify = (): void => end(true);
    const onAbort = (): void => end(false);
    const timer = setTimeout(end, timeoutMs, false);
    set.add(onNotify);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
