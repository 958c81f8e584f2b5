import type { ConnectorManifest, ConnectorSession, DeliveryItem, Repeatability, SendResult } from "../../connectors/connector.ts";

/** What a receiver does with one attempt; `after` tells that it takes the item before it answers badly. */
export type Mood = SendResult | { readonly after: true; readonly result: SendResult };

/**
 * A receiver in memory that tells repeats by identity, as ours must. It remembers the order in which it first saw each
 * key's items, and every attempt.
 */
export function fakeReceiver(mood: (item: DeliveryItem, attempt: number) => Mood | Promise<Mood>) {
  const attempts = new Map<string, number>();
  const effects = new Map<string, DeliveryItem>();
  const firstSeen = new Map<string, number[]>();
  const calls: DeliveryItem[] = [];
  let outNow = 0;
  let outMax = 0;
  const outByKey = new Map<string, number>();
  let keyOverlaps = 0;
  const take = (item: DeliveryItem): void => {
    if (effects.has(item.identity)) return;
    effects.set(item.identity, item);
    firstSeen.set(item.orderingKey, [...(firstSeen.get(item.orderingKey) ?? []), item.tpos]);
  };
  const session: ConnectorSession = {
    send: async (item) => {
      calls.push(item);
      outMax = Math.max(outMax, ++outNow);
      const sameKey = (outByKey.get(item.orderingKey) ?? 0) + 1;
      outByKey.set(item.orderingKey, sameKey);
      if (sameKey > 1) keyOverlaps += 1;
      const attempt = (attempts.get(item.identity) ?? 0) + 1;
      attempts.set(item.identity, attempt);
      const answer = await mood(item, attempt);
      outNow -= 1;
      outByKey.set(item.orderingKey, (outByKey.get(item.orderingKey) ?? 1) - 1);
      if ("after" in answer) {
        take(item);
        return answer.result;
      }
      if (answer.kind === "delivered") take(item);
      return answer;
    },
    close: () => Promise.resolve(),
  };
  return {
    session,
    calls,
    effects,
    firstSeen,
    attempts,
    outMax: () => outMax,
    keyOverlaps: () => keyOverlaps,
    repeatability: { by: "native-key" } as Repeatability,
    capabilities: {
      categories: ["sales"],
      lookUp: false,
      batchItemsMax: 1,
      needsCause: false,
    } as ConnectorManifest["capabilities"],
  };
}
export type FakeReceiver = ReturnType<typeof fakeReceiver>;

export const delivered: SendResult = { kind: "delivered", status: 200 };
export const theirs: SendResult = { kind: "theirs", detail: "status 503" };
