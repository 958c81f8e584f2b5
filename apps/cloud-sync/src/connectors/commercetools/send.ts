import type { DeliveryItem, SendResult } from "../connector.ts";
import type { Fault } from "../outcome.ts";
import type { Talk } from "./line.ts";
import { planItem } from "./map.ts";
import { bringOrder, cancelOrder } from "./orders.ts";
import { bringPayment, takeBackPayment } from "./payments.ts";
import type { CommercetoolsDocument, PlannedPayment } from "./plan.ts";
import { bringReturn } from "./returns.ts";

/** Brings an item to its end: of each document its payments, its order, and what came back at the sale's order. */
export async function sendToCommercetools(talk: Talk, item: DeliveryItem): Promise<SendResult> {
  const planned = planItem(item, talk.config);
  if (planned.kind !== "plan") return planned;
  let vendorId: string | undefined;
  for (const document of planned.documents) {
    const settled = document.role === "post" ? await post(talk, document) : await takeBack(talk, document);
    if (settled.kind !== "ok") return settled;
    vendorId = settled.vendorId ?? vendorId;
  }
  return { kind: "delivered", ...(vendorId === undefined ? {} : { vendorId }) };
}

type Settled = { readonly kind: "ok"; readonly vendorId: string | undefined } | Fault;

async function post(talk: Talk, document: CommercetoolsDocument): Promise<Settled> {
  const paid = await each(document.payments, (one) => bringPayment(talk, one));
  if (paid.kind !== "ok") return paid;
  const refunded = await each(document.refunds, (one) => bringPayment(talk, one));
  if (refunded.kind !== "ok") return refunded;
  const order = document.order === undefined ? undefined : await bringOrder(talk, document, paid.ids);
  if (order !== undefined && order.kind !== "ok") return order;
  for (const [at, one] of document.returns.entries()) {
    const returned = await bringReturn(talk, document, one, at === 0 ? refunded.ids : []);
    if (returned.kind !== "ok") return returned;
  }
  return { kind: "ok", vendorId: order?.value ?? refunded.ids[0] };
}

async function takeBack(talk: Talk, document: CommercetoolsDocument): Promise<Settled> {
  const order = document.order === undefined ? undefined : await cancelOrder(talk, document);
  if (order !== undefined && order.kind !== "ok") return order;
  const paid = await each([...document.payments, ...document.refunds], (one) => takeBackPayment(talk, one, document));
  if (paid.kind !== "ok") return paid;
  for (const one of document.returns) {
    const returned = await bringReturn(talk, document, one, []);
    if (returned.kind !== "ok") return returned;
  }
  return { kind: "ok", vendorId: order?.value ?? paid.ids[0] };
}

async function each(
  payments: readonly PlannedPayment[],
  act: (one: PlannedPayment) => ReturnType<typeof bringPayment>,
): Promise<{ readonly kind: "ok"; readonly ids: readonly string[] } | Fault> {
  const ids: string[] = [];
  for (const one of payments) {
    const done = await act(one);
    if (done.kind !== "ok") return done;
    ids.push(done.value);
  }
  return { kind: "ok", ids };
}
