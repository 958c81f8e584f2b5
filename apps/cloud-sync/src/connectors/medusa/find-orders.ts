import { z } from "zod";
import type { Outcome } from "../outcome.ts";
import { askMedusa, callMedusa, type MedusaLine } from "./line.ts";
import type { OrderPart, PlannedOrder } from "./plan.ts";
import { DRAFT_FIELDS, draftSchema, ORDER_FIELDS, orderSchema, type Draft, type Order } from "./shapes.ts";

/** More than one reference ever has: a receipt's parts, and drafts that attempts left behind. */
const FOUND_MAX = 50;

/** All orders that bear a reference, drafts apart. */
export async function findOrders(line: MedusaLine, reference: string): Promise<Outcome<readonly Order[]>> {
  const query = { q: reference, limit: String(FOUND_MAX), fields: ORDER_FIELDS };
  const found = await callMedusa(line, { method: "GET", path: "/admin/orders", query }, z.object({ orders: z.array(orderSchema) }));
  return found.kind === "ok" ? pick(found.value.orders, reference) : found;
}

/** Drafts that bear a reference, the oldest first. */
export async function findDrafts(line: MedusaLine, reference: string): Promise<Outcome<readonly Draft[]>> {
  const query = { q: reference, limit: String(FOUND_MAX), fields: DRAFT_FIELDS };
  const shape = z.object({ draft_orders: z.array(draftSchema) });
  const found = await callMedusa(line, { method: "GET", path: "/admin/draft-orders", query }, shape);
  if (found.kind !== "ok") return found;
  // Ids of Medusa grow with time.
  return pick(
    found.value.draft_orders.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    reference,
  );
}

/** The search is for a text anywhere in an order; one that has nothing of ours answers another question. */
function pick<T extends Pick<Order, "metadata">>(found: readonly T[], reference: string): Outcome<readonly T[]> {
  if (found.some(({ metadata }) => !String(metadata?.["pos_reference"]).startsWith(reference)))
    return { kind: "uncertain", detail: "the look-up answers with other orders" };
  return { kind: "ok", value: found.filter(({ metadata }) => metadata?.["pos_reference"] === reference) };
}

/** An order by its id; undefined: there is none. */
export async function readOrder(line: MedusaLine, id: string): Promise<Outcome<Order | undefined>> {
  const query = { fields: ORDER_FIELDS };
  const said = await askMedusa(
    line,
    { method: "GET", path: `/admin/orders/${encodeURIComponent(id)}`, query },
    z.object({ order: orderSchema }),
  );
  if (said.kind === "absent") return { kind: "ok", value: undefined };
  if (said.kind !== "ok") return said;
  const { order } = said.value;
  return order.id === id ? { kind: "ok", value: order } : { kind: "uncertain", detail: "the answer's order is another's" };
}

/** The one order of a part, if it is ours; undefined: there is none. */
export function orderOf(orders: readonly Order[], planned: PlannedOrder): Outcome<Order | undefined> {
  const [first, second] = partOf(orders, planned.part);
  if (second !== undefined) return { kind: "foreign", detail: `two orders bear our reference: ${first?.id} and ${second.id}` };
  const isOurs =
    first === undefined ||
    (first.currency_code === planned.currency.toLowerCase() &&
      (planned.part === "owed" || first.metadata?.["pos_total"] === planned.total.toString()));
  return isOurs ? { kind: "ok", value: first } : { kind: "foreign", detail: "the order under our reference is of another total" };
}

export const partOf = <T extends Pick<Order, "metadata">>(orders: readonly T[], part: OrderPart): T[] =>
  orders.filter(({ metadata }) => metadata?.["pos_part"] === part);
