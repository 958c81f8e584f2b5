import type { Outcome } from "../outcome.ts";
import { areaOf, dayBefore, type Attempt } from "./attempt.ts";
import { findOrder, findPayment, findRefund, isRefund } from "./find.ts";
import { callSquare } from "./line.ts";
import type { PlannedRefund, SquareDocument } from "./plan.ts";
import { isMoney, refundAnswer, type Refund } from "./shapes.ts";

/** Gives each refund of a document, once. The first refund's id. */
export async function giveRefunds(attempt: Attempt, document: SquareDocument): Promise<Outcome<string | undefined>> {
  let first: string | undefined;
  for (const refund of document.refunds) {
    const given = await giveRefund(attempt, document, refund);
    if (given.kind !== "ok") return given;
    first ??= given.value;
  }
  return { kind: "ok", value: first };
}

async function giveRefund(attempt: Attempt, document: SquareDocument, refund: PlannedRefund): Promise<Outcome<string>> {
  const { line, item, keysMayBeGone } = attempt;
  if (keysMayBeGone) {
    const found = await findRefund(line, areaOf(item, document.location), refund.reference);
    if (found.kind !== "ok") return found;
    if (found.value !== undefined) return judgeRefund(found.value, refund);
  }
  const target = await linkedPayment(attempt, document, refund);
  if (target.kind !== "ok") return target;
  const body = { ...refund.body, ...(target.value === undefined ? {} : { payment_id: target.value }) };
  const made = await callSquare(line, { method: "POST", path: "/v2/refunds", body }, refundAnswer);
  if (made.kind !== "ok") return made;
  return judgeRefund(made.value.refund, refund);
}

/** Ours, and of the planned money. */
export function judgeRefund(found: Refund, { reference, money }: PlannedRefund): Outcome<string> {
  if (found.reason?.split(" ")[0] !== reference) return { kind: "foreign", detail: "the answer's refund is another's" };
  if (!isRefund(found, reference)) return { kind: "rejected", detail: `the refund is ${found.status} at Square` };
  return isMoney(found.amount_money, money)
    ? { kind: "ok", value: found.id }
    : { kind: "foreign", detail: "a refund of other money bears our reference" };
}

/** The payment that a refund takes back, found by our reference; the receipt that it belongs to has to be there first. */
async function linkedPayment({ line }: Attempt, document: SquareDocument, refund: PlannedRefund): Promise<Outcome<string | undefined>> {
  if (refund.linkedTo === undefined || document.of === undefined) return { kind: "ok", value: undefined };
  const area = { location: document.location, since: dayBefore(document.of.day) };
  const payment = await findPayment(line, area, refund.linkedTo);
  if (payment.kind !== "ok") return payment;
  if (payment.value?.status === "COMPLETED") return { kind: "ok", value: payment.value.id };
  const order = await findOrder(line, area, document.of.reference);
  if (order.kind !== "ok") return order;
  return { kind: "cause-missing", cause: document.of.naturalKey, detail: "the receipt that is taken back is not paid at Square" };
}
