import type {
  ConnectorManifest,
  ConnectorSession,
  DeliveryItem,
  LookUpResult,
  Repeatability,
  SendContext,
  SendResult,
} from "../../connectors/connector.ts";

/** What a receiver does with one attempt: `after`: it takes the item before it answers badly; `late`: when that comes. */
export type Mood =
  | SendResult
  | { readonly after: true; readonly result: SendResult }
  | { readonly late: Promise<unknown>; readonly result: SendResult };

export interface FakeOptions {
  readonly repeatability?: Repeatability;
  readonly needsCause?: boolean;
  /** False: a repeat has a second effect. */
  readonly dedupe?: boolean;
  /** What a look-up answers; undefined: what stands there. Without it sessions have no `lookUp`. */
  readonly lookUp?: undefined | ((item: DeliveryItem, time: number) => LookUpResult | undefined | Promise<LookUpResult | undefined>);
}

/**
 * A receiver in memory. It counts the effects of each item - one, where it tells repeats by identity, as ours must - and
 * remembers the order in which it took each key's items, every attempt and every question.
 */
export function fakeReceiver(
  mood: (item: DeliveryItem, attempt: number, context: SendContext) => Mood | Promise<Mood>,
  options: FakeOptions = {},
) {
  const { dedupe = true, repeatability = { by: "native-key" }, needsCause = false } = options;
  const attempts = new Map<string, number>();
  const effects = new Map<string, number>();
  const firstSeen = new Map<string, number[]>();
  const calls: DeliveryItem[] = [];
  const asked: DeliveryItem[] = [];
  const outByKey = new Map<string, number>();
  let outNow = 0;
  let outMax = 0;
  let keyOverlaps = 0;
  const take = (item: DeliveryItem): void => {
    const before = effects.get(item.identity) ?? 0;
    if (before > 0 && dedupe) return;
    effects.set(item.identity, before + 1);
    if (before === 0) firstSeen.set(item.orderingKey, [...(firstSeen.get(item.orderingKey) ?? []), item.tpos]);
  };
  const send = async (item: DeliveryItem, context: SendContext): Promise<SendResult> => {
    calls.push(item);
    outMax = Math.max(outMax, ++outNow);
    const sameKey = (outByKey.get(item.orderingKey) ?? 0) + 1;
    outByKey.set(item.orderingKey, sameKey);
    if (sameKey > 1) keyOverlaps += 1;
    const attempt = (attempts.get(item.identity) ?? 0) + 1;
    attempts.set(item.identity, attempt);
    const answer = await Promise.resolve(mood(item, attempt, context)).finally(() => {
      outNow -= 1;
      outByKey.set(item.orderingKey, (outByKey.get(item.orderingKey) ?? 1) - 1);
    });
    if ("after" in answer) take(item);
    else if ("late" in answer) void answer.late.then(() => take(item));
    else if (answer.kind === "delivered") take(item);
    return "result" in answer ? answer.result : answer;
  };
  const lookUp = async (item: DeliveryItem): Promise<LookUpResult> => {
    asked.push(item);
    const said = await options.lookUp?.(item, asked.length);
    return said ?? (effects.has(item.identity) ? { kind: "found", vendorId: `v-${item.identity}` } : { kind: "absent" });
  };
  const session: ConnectorSession = { send, ...(options.lookUp === undefined ? {} : { lookUp }), close: () => Promise.resolve() };
  return {
    session,
    calls,
    asked,
    effects,
    firstSeen,
    attempts,
    outNow: () => outNow,
    outMax: () => outMax,
    keyOverlaps: () => keyOverlaps,
    /** Identities with more than one effect. */
    doubled: () => [...effects].filter(([, count]) => count > 1).map(([identity]) => identity),
    repeatability,
    capabilities: {
      categories: ["sales"],
      lookUp: options.lookUp !== undefined,
      batchItemsMax: 1,
      needsCause,
    } as ConnectorManifest["capabilities"],
  };
}
export type FakeReceiver = ReturnType<typeof fakeReceiver>;

/** A look-up that tells the truth. */
export const honest = (): undefined => undefined;

export const delivered: SendResult = { kind: "delivered", status: 200 };
export const theirs: SendResult = { kind: "theirs", detail: "status 503" };
export const uncertain: SendResult = { kind: "uncertain", detail: "no answer" };
