import { orderStatuses, type OrderStatus } from "../model/order-status.ts";

/**
 * What a step means for an order that stands at another. `applied`: it goes on to there. `repeated`: it stands there
 * already. `stale`: an earlier step that is told late; it is kept and turns nothing back. `forbidden`: it cannot have
 * happened like this, and a person has to look.
 */
export type OrderMove =
  | { readonly kind: "applied" }
  | { readonly kind: "repeated" }
  | { readonly kind: "stale" }
  | { readonly kind: "forbidden"; readonly reason: string };

const applied: OrderMove = { kind: "applied" };
const repeated: OrderMove = { kind: "repeated" };
const stale: OrderMove = { kind: "stale" };
const forbidden = (reason: string): OrderMove => ({ kind: "forbidden", reason });

const goodsAreOut = forbidden("goods are picked already: what is not wanted any more comes back as returned");
const isCancelled = forbidden("the order is cancelled: no goods of it may move");
const nothingLeft = forbidden("no goods have left the shop: nothing can come back");
const isOver = forbidden("the goods came back: there is nothing left to cancel");

type Row = Readonly<Record<OrderStatus, OrderMove>>;

/** The row of a step on the way: before it is stale, after it applies. */
function rowAt(status: Exclude<OrderStatus, "cancelled">, over: Partial<Record<OrderStatus, OrderMove>>): Row {
  const here = orderStatuses.indexOf(status);
  const moves = orderStatuses.map((event, at) => [event, at < here ? stale : at === here ? repeated : applied] as const);
  return { ...(Object.fromEntries(moves) as Record<OrderStatus, OrderMove>), ...over };
}

/**
 * The whole table: where an order stands, and what is told. Steps may be left out, since not every shop has all of them and
 * any may be told late. An order may be cancelled until its goods are picked; goods come back once they were handed over
 * or sent.
 */
export const ORDER_MOVES: Readonly<Record<OrderStatus, Row>> = {
  created: rowAt("created", { returned: nothingLeft }),
  confirmed: rowAt("confirmed", { returned: nothingLeft }),
  inProduction: rowAt("inProduction", { returned: nothingLeft }),
  picked: rowAt("picked", { returned: nothingLeft, cancelled: goodsAreOut }),
  fulfilled: rowAt("fulfilled", { cancelled: goodsAreOut }),
  shipped: rowAt("shipped", { cancelled: goodsAreOut }),
  delivered: rowAt("delivered", { cancelled: goodsAreOut }),
  returned: rowAt("returned", { cancelled: isOver }),
  cancelled: {
    created: stale,
    confirmed: stale,
    inProduction: stale,
    picked: isCancelled,
    fulfilled: isCancelled,
    shipped: isCancelled,
    delivered: isCancelled,
    returned: isCancelled,
    cancelled: repeated,
  },
};

/** A step as far as the table is about it. */
export interface OrderStep {
  readonly status: OrderStatus;
  /** It says something that the status does not: which goods, which parcel. */
  readonly tellsMore: boolean;
}

/**
 * What becomes of a step. `current` undefined: nothing was heard of the order before; any step may be the first. A second
 * step to the same status that names goods or a parcel is news - the rest of the order, another parcel - and applies.
 */
export function moveOrder(current: OrderStatus | undefined, step: OrderStep): OrderMove {
  if (current === undefined) return applied;
  const move = ORDER_MOVES[current][step.status];
  return move.kind === "repeated" && step.tellsMore ? applied : move;
}
