import type { Amount } from "@tillsync/sync-protocol";
import type { DeliveryItem, LookUpResult } from "../connector.ts";
import { asLookUp, type Fault } from "../outcome.ts";
import type { Talk } from "./line.ts";
import { planItem } from "./map.ts";
import { isCancelled, readOrder } from "./orders.ts";
import { isTakenBack, readPayment } from "./payments.ts";
import type { CommercetoolsDocument } from "./plan.ts";
import { readSale, returnActions } from "./returns.ts";

/** Looks for every order, payment and return of an item. */
export async function lookUpAtCommercetools(talk: Talk, item: DeliveryItem): Promise<LookUpResult> {
  const planned = planItem(item, talk.config);
  if (planned.kind !== "plan") return planned;
  const seen: Seen[] = [];
  for (const document of planned.documents) {
    const looked = await lookAt(talk, document);
    if (looked.kind !== "ok") return asLookUp(looked);
    seen.push(...looked.seen);
  }
  const there = seen.filter(({ isDone }) => isDone);
  const vendorId = there.findLast(({ isOrder }) => isOrder)?.id ?? there[0]?.id;
  if (vendorId === undefined) return { kind: "absent" };
  if (there.length < seen.length) return { kind: "unfinished", vendorId };
  const own = planned.documents.find(
    ({ role, order, refunds, returns }) => role === "post" && order !== undefined && refunds.length + returns.length === 0,
  );
  const total =
    own?.order === undefined ? undefined : { amount: String(own.order.total.centAmount) as Amount, currency: own.order.total.currencyCode };
  return { kind: "found", vendorId, ...(total === undefined ? {} : { total }) };
}

/** One record of a document, and whether it is as it should be. */
interface Seen {
  readonly id: string | undefined;
  readonly isDone: boolean;
  readonly isOrder?: true;
}

async function lookAt(
  talk: Talk,
  document: CommercetoolsDocument,
): Promise<{ readonly kind: "ok"; readonly seen: readonly Seen[] } | Fault> {
  const seen: Seen[] = [];
  const isPost = document.role === "post";
  if (document.order !== undefined) {
    const order = await readOrder(talk, document);
    if (order.kind !== "ok") return order;
    const { value } = order;
    seen.push({ id: value?.id, isDone: value !== undefined && (isPost || isCancelled(value.orderState)), isOrder: true });
  }
  const refundIds: string[] = [];
  for (const [at, one] of [...document.payments, ...document.refunds].entries()) {
    const payment = await readPayment(talk, one);
    if (payment.kind !== "ok") return payment;
    const { value } = payment;
    if (value !== undefined && at >= document.payments.length) refundIds.push(value.id);
    seen.push({ id: value?.id, isDone: value !== undefined && (isPost || isTakenBack(value, document.reference)) });
  }
  for (const [at, one] of document.returns.entries()) {
    const sale = await readSale(talk, one);
    if (sale.kind !== "ok") return sale;
    if (sale.value === undefined) continue;
    const left = returnActions(sale.value, document, one, at === 0 ? refundIds : []);
    seen.push({ id: sale.value.id, isDone: left.length === 0 });
  }
  return { kind: "ok", seen };
}
