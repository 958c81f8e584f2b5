import { z } from "zod";
import type { Fault, Outcome } from "../outcome.ts";
import { callMedusa, postMedusa, type MedusaLine } from "./line.ts";
import { readOrder } from "./find-orders.ts";
import { orderSchema, type Order } from "./shapes.ts";

const left = ({ quantity, detail }: Order["items"][number]): number => quantity - detail.fulfilled_quantity;
const undelivered = (order: Pick<Order, "fulfillments">) =>
  (order.fulfillments ?? []).filter((one) => (one.delivered_at ?? undefined) === undefined && (one.canceled_at ?? undefined) === undefined);

/** Whether all goods of an order were handed over. */
export const isFulfilled = (order: Order): boolean => order.items.every((item) => left(item) <= 0) && undelivered(order).length === 0;

/** Goods were carried out: fulfils what is in no fulfilment yet, and marks each as delivered. */
export async function fulfil(line: MedusaLine, order: Order, location: string): Promise<Outcome<null>> {
  let fulfillments: Pick<Order, "fulfillments"> = order;
  // Medusa takes goods that are shipped and what needs no shipping apart.
  for (const isShipped of [true, false]) {
    const items = order.items
      .filter((item) => item.requires_shipping === isShipped && left(item) > 0)
      .map((item) => ({ id: item.id, quantity: left(item) }));
    if (items.length === 0) continue;
    const query = { fields: "id,fulfillments.id,fulfillments.delivered_at,fulfillments.canceled_at" };
    const body = { location_id: location, shipping_option_id: line.config.shippingOption, items, no_notification: true, metadata: {} };
    const path = `/admin/orders/${order.id}/fulfillments`;
    const shape = z.object({ order: orderSchema.pick({ id: true, fulfillments: true }) });
    const made = await callMedusa(line, { method: "POST", path, query, body }, shape);
    if (made.kind === "rejected") return refused(line, order, made);
    if (made.kind !== "ok") return made;
    if (made.value.order.id !== order.id) return { kind: "uncertain", detail: "the answer is about another order" };
    fulfillments = made.value.order;
  }
  for (const { id } of undelivered(fulfillments)) {
    const path = `/admin/orders/${order.id}/fulfillments/${id}/mark-as-delivered`;
    const told = await postMedusa(line, path, undefined, { field: "order", id: order.id });
    if (told.kind !== "ok") return told;
  }
  return { kind: "ok", value: null };
}

/** A refusal may be of what has just arrived a second time: then the goods are in a fulfilment, and the rest is done anew. */
async function refused(line: MedusaLine, order: Order, refusal: Fault): Promise<Fault> {
  const now = await readOrder(line, order.id);
  if (now.kind !== "ok") return now;
  const isMoved = now.value?.items.some((item) => left(item) < (order.items.filter(({ id }) => id === item.id).map(left)[0] ?? 0));
  return isMoved === true ? { kind: "theirs", detail: "the order was fulfilled meanwhile" } : refusal;
}
