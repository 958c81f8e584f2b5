import { z } from "zod";
import { sum } from "../documents/sale-parts.ts";
import type { Outcome } from "../outcome.ts";
import { callMedusa, postMedusa, type MedusaLine } from "./line.ts";
import { majorOf } from "./plan-document.ts";
import type { PlannedOrder } from "./plan.ts";
import { collectionSchema, minorOf, paymentSchema, type Order } from "./shapes.ts";

type Payment = z.infer<typeof paymentSchema>;

export const paymentsOf = (order: Order): Payment[] => (order.payment_collections ?? []).flatMap(({ payments }) => payments ?? []);

/** What was taken for an order, in minor units. An amount finer than the currency counts as none that we made. */
export const capturedOf = (order: Order, exponent: number): bigint =>
  sum(paymentsOf(order).flatMap(({ captures }) => (captures ?? []).map(({ amount }) => minorOf(amount, exponent) ?? 0n)));

/** Marks an order as paid with its whole total, once; the kinds of tender stand in its metadata. */
export async function pay(line: MedusaLine, order: Order, planned: PlannedOrder): Promise<Outcome<null>> {
  const { total, exponent } = planned;
  const unpaid = (order.payment_collections ?? []).filter(({ status }) => status === "not_paid");
  const captured = capturedOf(order, exponent);
  if (captured !== 0n && captured !== total) return { kind: "foreign", detail: `the order was paid with ${captured} instead of ${total}` };
  const isDue = captured !== total;
  const [own] = isDue ? unpaid.filter(({ amount }) => minorOf(amount, exponent) === total) : [];
  const spare = unpaid.filter((one) => one !== own);
  for (const { id } of spare) {
    const removed = await callMedusa(line, { method: "DELETE", path: `/admin/payment-collections/${id}` }, z.object({ id: z.literal(id) }));
    if (removed.kind !== "ok") return removed;
  }
  if (!isDue) return { kind: "ok", value: null };
  const collection = own === undefined ? await makeCollection(line, order, planned) : { kind: "ok" as const, value: own.id };
  if (collection.kind !== "ok") return collection;
  const path = `/admin/payment-collections/${collection.value}/mark-as-paid`;
  return postMedusa(line, path, { order_id: order.id }, { field: "payment_collection", id: collection.value });
}

async function makeCollection(line: MedusaLine, order: Order, { total, exponent }: PlannedOrder): Promise<Outcome<string>> {
  const body = { order_id: order.id, amount: Number(majorOf(total, { exponent })) };
  const shape = z.object({ payment_collection: collectionSchema });
  const made = await callMedusa(line, { method: "POST", path: "/admin/payment-collections", body }, shape);
  if (made.kind !== "ok") return made;
  const { id, status, amount } = made.value.payment_collection;
  const isOurs = status === "not_paid" && minorOf(amount, exponent) === total;
  return isOurs ? { kind: "ok", value: id } : { kind: "uncertain", detail: "the answer is another payment's" };
}
