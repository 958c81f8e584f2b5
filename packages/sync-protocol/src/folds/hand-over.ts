import { encodeHlc, HLC_ZERO, type HlcText } from "../clock/hlc.ts";
import type { TerminalId } from "../ids.ts";
import { orderStatuses, type OrderStatus } from "../model/order-status.ts";
import type { HandOverOrder } from "../reference/collection.ts";
import { HAND_OVERS_MAX, type OrderConflict } from "../reference/documents/order.ts";

/**
 * Statuses as states meet: the further one stands. A cancellation comes after picking, since picked goods can go back to
 * the shelf, and before all in which the goods are out of the shop, since no message brings those back. What a step that is
 * told means for an order is the table of `orders/order-lifecycle.ts`; a step that applies there leads to the same status here.
 */
const RANKS = [...orderStatuses.slice(0, 4), "cancelled", ...orderStatuses.slice(4, -1)] as readonly OrderStatus[];
export const rankOf = (status: OrderStatus): number => RANKS.indexOf(status);

const GOODS_ARE_OUT: ReadonlySet<OrderStatus> = new Set<OrderStatus>(["fulfilled", "shipped", "delivered"]);
export const areGoodsOut = (status: OrderStatus): boolean => GOODS_ARE_OUT.has(status);

/** Something that happened to an order in a shop. */
export interface OrderFact {
  readonly status: OrderStatus;
  /** Of a picking and what comes after it: the revision that the goods were picked from. */
  readonly pickedRevision?: number | undefined;
  /** The till that gave the goods to the customer, and when. */
  readonly handOver?: { readonly terminal: TerminalId; readonly at: HlcText } | undefined;
}

/**
 * What is known of an order once both are known: goods and money of the higher revision, the further status, every till
 * that handed it over. Commutative, associative, idempotent; the status never goes back. What cannot both be right is
 * told as `conflict`, which follows from the rest and stays until it is settled.
 */
export function mergeOrders(a: HandOverOrder, b: HandOverOrder): HandOverOrder {
  const content = laterContent(a, b);
  const handOvers = mergeHandOvers(handOversOf(a), handOversOf(b));
  const settled = [...new Set([...(a.settled ?? []), ...(b.settled ?? [])])].toSorted();
  const pickedRevision = Math.max(a.pickedRevision ?? 0, b.pickedRevision ?? 0);
  const status = furthest([a.status, b.status, ...(handOvers.length === 0 ? [] : ["fulfilled" as const])]);
  const isCancelled = [a, b].some((one) => one.cancelled === true || one.status === "cancelled");
  const { handedOverBy: _by, conflict: _conflict, handOvers: _tills, settled: _settled, ...kept } = content;
  return withConflict({
    ...kept,
    status,
    ...(handOvers.length === 0 ? {} : { handOvers }),
    ...(settled.length === 0 ? {} : { settled }),
    ...(pickedRevision === 0 ? {} : { pickedRevision }),
    ...(isCancelled ? { cancelled: true as const } : {}),
  });
}

/** The order once a fact of it is known, in whatever order facts come. */
export function tellOrderFact(order: HandOverOrder, { status, pickedRevision, handOver }: OrderFact): HandOverOrder {
  return mergeOrders(order, {
    ...order,
    status,
    ...(pickedRevision === undefined ? {} : { pickedRevision }),
    ...(handOver === undefined ? {} : { handOvers: [handOver] }),
  });
}

/**
 * An order as its own system writes it anew: goods, money and place are what it says, and a change of them without a higher
 * revision gets one; where the order stands, who handed it over and what was settled joins what is known. A change after the
 * picking is settled up to this revision: the next one is told again.
 */
export function rewriteOrder(before: HandOverOrder, written: HandOverOrder, hlc: HlcText): HandOverOrder {
  const differs = contentText(before) !== contentText(written);
  const revision = Math.max(before.revision + (differs ? 1 : 0), written.revision);
  const { revisedAt: _revisedAt, settled = [], ...content } = written;
  const revised = revision === before.revision ? before.revisedAt : hlc;
  return mergeOrders(
    {
      ...content,
      revision,
      ...(revised === undefined ? {} : { revisedAt: revised }),
      ...(settled.includes("changed-after-pick") ? { pickedRevision: revision } : {}),
      settled: settled.filter((conflict) => conflict !== "changed-after-pick"),
    },
    before,
  );
}

/** What only the order's own system may say. */
export function contentText(order: HandOverOrder): string {
  const { orderId, system, storeId, lines, currency, exponent, total, due, customerRef, pickupCode, promisedAt } = order;
  return JSON.stringify([
    orderId,
    system,
    storeId,
    lines.map(lineText),
    currency,
    exponent,
    total,
    due,
    customerRef,
    pickupCode,
    promisedAt,
  ]);
}

const lineText = ({ itemId, gtin, description, quantity: { value, uom } }: HandOverOrder["lines"][number]): readonly unknown[] => [
  itemId,
  gtin,
  description,
  value,
  uom,
];

/** The conflict that follows from what is known, the gravest first. */
export function conflictOf(order: HandOverOrder): OrderConflict | undefined {
  const settled = new Set(order.settled);
  const tills = order.handOvers?.length ?? 0;
  if (tills > 1 && !settled.has("handed-over-twice")) return "handed-over-twice";
  if (order.cancelled === true && areGoodsOut(order.status) && !settled.has("handed-over-after-cancel")) return "handed-over-after-cancel";
  const isPicked = order.status === "picked" || areGoodsOut(order.status);
  if (isPicked && order.pickedRevision !== undefined && order.pickedRevision < order.revision) return "changed-after-pick";
  return undefined;
}

function withConflict(order: HandOverOrder): HandOverOrder {
  const conflict = conflictOf(order);
  const [first] = order.handOvers ?? [];
  return {
    ...order,
    ...(first === undefined ? {} : { handedOverBy: first.terminal }),
    ...(conflict === undefined ? {} : { conflict }),
  };
}

/** Of two with one revision, which have one content unless somebody breaks the rules, the larger text: the same on all sides. */
function laterContent(a: HandOverOrder, b: HandOverOrder): HandOverOrder {
  if (a.revision !== b.revision) return a.revision > b.revision ? a : b;
  const [one, other] = [contentText(a), contentText(b)];
  if (one !== other) return one > other ? a : b;
  return (a.revisedAt ?? "") >= (b.revisedAt ?? "") ? a : b;
}

const furthest = (statuses: readonly OrderStatus[]): OrderStatus =>
  statuses.reduce((best, status) => (rankOf(status) > rankOf(best) ? status : best));

type HandOvers = NonNullable<HandOverOrder["handOvers"]>;

/** Who names a till and no time means the first one there was. */
const handOversOf = ({ handOvers, handedOverBy }: HandOverOrder): HandOvers =>
  handOvers ?? (handedOverBy === undefined ? [] : [{ terminal: handedOverBy, at: encodeHlc(HLC_ZERO) }]);

/** Each till once, with its first time; in the order of those times. */
function mergeHandOvers(a: HandOvers, b: HandOvers): HandOvers {
  const first = new Map<TerminalId, HlcText>();
  for (const { terminal, at } of [...a, ...b]) {
    const known = first.get(terminal);
    if (known === undefined || at < known) first.set(terminal, at);
  }
  return [...first]
    .map(([terminal, at]) => ({ terminal, at }))
    .toSorted((x, y) => (x.at === y.at ? (x.terminal < y.terminal ? -1 : 1) : x.at < y.at ? -1 : 1))
    .slice(0, HAND_OVERS_MAX);
}
