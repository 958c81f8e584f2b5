import type { LoadedItem } from "./load-items.ts";
import type { Worker } from "./worker.ts";

type Keys = Pick<Worker, "liveKeys" | "replayKeys">;

/** Whether an item of the key is under way, in the live run or in a replay. */
export const isKeyOut = ({ liveKeys, replayKeys }: Keys, key: string): boolean => liveKeys.has(key) || replayKeys.has(key);

/** Notes that items of the live run are out; the result ends it. */
export function takeLiveKeys({ liveKeys }: Keys, items: readonly LoadedItem[]): () => void {
  for (const { orderingKey } of items) liveKeys.set(orderingKey, (liveKeys.get(orderingKey) ?? 0) + 1);
  return () => {
    for (const { orderingKey } of items) {
      const left = (liveKeys.get(orderingKey) ?? 1) - 1;
      if (left > 0) liveKeys.set(orderingKey, left);
      else liveKeys.delete(orderingKey);
    }
  };
}

/** What has to end before items of the live run may go. */
export const freeKeys = ({ replayKeys }: Keys, items: readonly LoadedItem[]): Promise<void>[] =>
  replayKeys.size === 0 ? [] : items.flatMap(({ orderingKey }) => replayKeys.get(orderingKey) ?? []);

/** Notes that an item of a replay is out; the result ends it. */
export function takeReplayKey({ replayKeys }: Keys, key: string): () => void {
  const out = Promise.withResolvers<void>();
  replayKeys.set(key, out.promise);
  return () => {
    replayKeys.delete(key);
    out.resolve();
  };
}
