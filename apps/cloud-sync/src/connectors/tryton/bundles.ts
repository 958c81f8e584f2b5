import { AsyncLocalStorage } from "node:async_hooks";
import { REQUEST_MIN_MS, sendTimeLeft, withSendTime, type TimeLeft } from "../send-time.ts";
import { Ended } from "./ended.ts";

/** One call for several parts: what each of them gets back, in their order. Throws `Ended`. Must be harmless when it is repeated. */
type CallAll<Part, Result> = (parts: readonly Part[]) => Promise<readonly Result[]>;

/** Calls of many items under way, joined: Tryton takes hardly longer over several records than over one. */
export interface Bundles {
  /**
   * Hands in one part of a call. Parts of one `name` that wait at the same time go out together, and no two calls of a name
   * at once: Tryton would have one of them wait for the other's numbers, and then refuse it. A call that was refused did
   * nothing; each of its parts then goes out again alone, so that one item's fault is its own, and a refusal that was of
   * the moment is none. Any other failure is that of all parts. The time that an item has left bounds the calls with it.
   */
  join<Part, Result>(name: string, part: Part, callAll: CallAll<Part, Result>): Promise<Result>;
}

interface BundleLimits {
  /** Calls under way at once. */
  readonly calls: number;
  /** Parts of one call. */
  readonly parts: number;
  readonly nowMs: () => number;
}

interface Waiting {
  readonly part: unknown;
  readonly callAll: CallAll<unknown, unknown>;
  readonly sinceMs: number;
  readonly left: TimeLeft;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** A part that waited this long goes before fuller calls. */
const PATIENCE_MS = 5_000;
const TIME_OVER = { kind: "theirs", detail: "its time was over before the call" } as const;

/**
 * Fullest calls go first: items that lag behind are met by the others at the same step, and stay with them. After a call
 * without an answer the next ones are half as full, down to one part, and fuller again with each answer: a server that is
 * too slow for many gets through with few.
 */
export function openBundles(limits: BundleLimits): Bundles {
  const queues = new Map<string, Waiting[]>();
  const underWay = new Set<string>();
  let partsMax = limits.parts;

  const send = async (bundle: readonly Waiting[]): Promise<void> => {
    try {
      const results = await callTogether(bundle);
      partsMax = Math.min(limits.parts, partsMax + 1);
      for (const [at, { resolve }] of bundle.entries()) resolve(results[at]);
    } catch (error) {
      const ending = error instanceof Ended ? error.ending.kind : undefined;
      if (ending === "uncertain") partsMax = Math.max(1, Math.floor(bundle.length / 2));
      for (const one of bundle) {
        if (ending === "rejected") await sendAlone(one);
        else one.reject(error);
      }
    }
  };
  const pump = (): void => {
    while (underWay.size < limits.calls) {
      const next = takeNext(queues, underWay, { nowMs: limits.nowMs(), partsMax });
      if (next === undefined) return;
      const bundle = next.bundle.filter(isInTime);
      if (bundle.length === 0) continue;
      underWay.add(next.name);
      void send(bundle).finally(() => {
        underWay.delete(next.name);
        setImmediate(pump);
      });
    }
  };
  return {
    join: <Part, Result>(name: string, part: Part, callAll: CallAll<Part, Result>) =>
      new Promise<Result>((resolve, reject) => {
        const inItem = AsyncLocalStorage.snapshot();
        const queue = queues.get(name) ?? [];
        queues.set(name, queue);
        queue.push({
          part,
          callAll: callAll as CallAll<unknown, unknown>,
          sinceMs: limits.nowMs(),
          left: () => inItem(sendTimeLeft),
          resolve: resolve as (result: unknown) => void,
          reject,
        });
        // Not at once: what one answer sets going hands in its parts within the same turn.
        setImmediate(pump);
      }),
  };
}

async function callTogether(bundle: readonly Waiting[]): Promise<readonly unknown[]> {
  const left = (): number => Math.min(...bundle.map((one) => one.left()));
  return withSendTime(left, async () => (await bundle[0]?.callAll(bundle.map(({ part }) => part))) ?? []);
}

async function sendAlone(one: Waiting): Promise<void> {
  if (!isInTime(one)) return;
  await callTogether([one]).then(([result]) => one.resolve(result), one.reject);
}

function isInTime({ left, reject }: Waiting): boolean {
  if (left() >= REQUEST_MIN_MS) return true;
  reject(new Ended(TIME_OVER));
  return false;
}

function takeNext(
  queues: Map<string, Waiting[]>,
  underWay: ReadonlySet<string>,
  { nowMs, partsMax }: { nowMs: number; partsMax: number },
): { name: string; bundle: Waiting[] } | undefined {
  const rankOf = (queue: readonly Waiting[]): number => {
    const waitedMs = nowMs - (queue[0]?.sinceMs ?? nowMs);
    return waitedMs > PATIENCE_MS ? waitedMs : Math.min(queue.length, partsMax);
  };
  let best: { name: string; queue: Waiting[]; rank: number } | undefined;
  for (const [name, queue] of queues) {
    const rank = underWay.has(name) ? 0 : rankOf(queue);
    if (rank > (best?.rank ?? 0)) best = { name, queue, rank };
  }
  if (best === undefined) return undefined;
  const bundle = best.queue.splice(0, partsMax);
  if (best.queue.length === 0) queues.delete(best.name);
  return { name: best.name, bundle };
}
