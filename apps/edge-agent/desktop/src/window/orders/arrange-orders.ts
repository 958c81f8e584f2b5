import { areGoodsOut, rankOf, type HandOverOrder } from "@tillsync/sync-protocol";
import type { OrderHere } from "./stand-here.ts";

export const ORDER_VIEWS = ["to-do", "done", "all"] as const;
export type OrderView = (typeof ORDER_VIEWS)[number];

const OVER: ReadonlySet<HandOverOrder["status"]> = new Set(["returned", "cancelled"]);

/** Goods are still to be picked or handed over, or something about it needs a person. */
export const isToDo = ({ order, setAsideCode }: OrderHere): boolean =>
  order.conflict !== undefined || setAsideCode !== null || !(areGoodsOut(order.status) || OVER.has(order.status));

/** What is to do first on top: what contradicts itself, then what is to do, each by the promised time (none: last), the further one first, then by number. */
export function arrangeOrders(orders: readonly OrderHere[], view: OrderView, wanted: string): OrderHere[] {
  const text = wanted.trim().toLocaleLowerCase("en");
  return orders
    .filter((order) => (view === "all" || text !== "" || isToDo(order) === (view === "to-do")) && isWanted(order.order, text))
    .toSorted(compare);
}

/** By what the customer shows, or by the order's number: its beginning is enough. */
const isWanted = ({ pickupCode, orderId }: HandOverOrder, text: string): boolean =>
  text === "" || [pickupCode, orderId].some((known) => known?.toLocaleLowerCase("en").startsWith(text) === true);

function compare(a: OrderHere, b: OrderHere): number {
  return (
    needOf(a) - needOf(b) ||
    byTime(a.order.promisedAt, b.order.promisedAt) ||
    rankOf(b.order.status) - rankOf(a.order.status) ||
    byText(a.id, b.id)
  );
}

/** A contradiction that can still be put right before the goods leave, one that is done, what is simply to do, the rest. */
function needOf(here: OrderHere): number {
  if (!isToDo(here)) return 3;
  if (here.order.conflict === undefined) return 2;
  return areGoodsOut(here.order.status) ? 1 : 0;
}

const byTime = (a: string | undefined, b: string | undefined): number =>
  a === b ? 0 : a === undefined ? 1 : b === undefined ? -1 : byText(a, b);
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
