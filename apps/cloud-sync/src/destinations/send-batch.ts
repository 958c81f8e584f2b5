import type { SendContext, SendResult } from "../connectors/connector.ts";
import type { Line } from "./line.ts";
import type { LoadedItem } from "./load-items.ts";
import { withinTime } from "./within-time.ts";
import type { Worker } from "./worker.ts";

/**
 * Whether first attempts go in batches: the connector takes them, and nothing has to be asked about each item before it
 * is sent.
 */
export function sendsBatches({ session, capabilities, repeatability }: Line): boolean {
  if (session.sendMany === undefined || capabilities.batchItemsMax <= 1 || capabilities.needsCause) return false;
  return repeatability.by !== "lookup-first" && !(repeatability.by === "native-key" && repeatability.windowMs !== undefined);
}

/** Sends of batches under way at most: while one is written the next is made; more hold memory and stand in each other's way. */
const BATCHES_MAX = 2;

/**
 * The next items of the window for one send: as many as the connector takes at once. While others are under way a small
 * batch waits to grow, so that a receiver that is slower than the log gets few and large ones.
 */
export function takeBatch(worker: Worker): LoadedItem[] {
  const { window, line, inFlight } = worker;
  const max = line.capabilities.batchItemsMax;
  if (inFlight >= BATCHES_MAX || (inFlight > 0 && window.ready() < max)) return [];
  return window.takeBatch(max);
}

/** Sends several items of the window at once and tells each one's result, in order; of a key nothing past its first failure. */
export async function sendBatch(
  worker: Worker,
  items: readonly LoadedItem[],
  context: SendContext,
  settle: (item: LoadedItem, result: SendResult) => void,
): Promise<void> {
  const results = new Map<LoadedItem, SendResult>();
  const whole = withoutBroken(worker.line, items, results);
  const answers = whole.length === 0 ? [] : await attempt(worker, whole, context);
  whole.forEach((item, i) => results.set(item, answers[i] ?? { kind: "uncertain", detail: "the connector told no result" }));
  if (worker.stopped) return;
  const over = new Set<string>();
  for (const item of items) {
    const result = results.get(item);
    if (result === undefined || over.has(item.orderingKey)) continue;
    if (result.kind !== "delivered" && result.kind !== "nothing") over.add(item.orderingKey);
    settle(item, result);
  }
}

/** What can be sent: not a line that cannot be read, nor what stands behind it in its key. */
function withoutBroken({ capabilities }: Line, items: readonly LoadedItem[], results: Map<LoadedItem, SendResult>): readonly LoadedItem[] {
  if (capabilities.copies === true) return items;
  const brokenKeys = new Set<string>();
  return items.filter((item) => {
    if (brokenKeys.has(item.orderingKey)) return false;
    const { broken } = item;
    if (broken === undefined) return true;
    brokenKeys.add(item.orderingKey);
    results.set(item, { kind: "rejected", detail: broken });
    return false;
  });
}

/**
 * One send within the time of a send, which the lease outlasts. A connector that throws has a bug, and one that does not
 * come back in time loses its say: what either did nobody knows.
 */
async function attempt(worker: Worker, items: readonly LoadedItem[], context: SendContext): Promise<readonly SendResult[]> {
  const { deps, line } = worker;
  const unanswered = (detail: string): readonly SendResult[] => items.map(() => ({ kind: "uncertain", detail }));
  const send = async (): Promise<readonly SendResult[]> => (await line.session.sendMany?.(items, context)) ?? [];
  try {
    return await withinTime(worker, send, unanswered("the connector did not end in time"));
  } catch (error) {
    deps.log.error({ err: error, destination: line.name, items: items.length }, "a connector failed with an error of its own");
    return unanswered("the connector failed");
  }
}
