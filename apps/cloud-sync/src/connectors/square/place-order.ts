import type { Outcome } from "../outcome.ts";
import { areaOf, type Attempt } from "./attempt.ts";
import { findOrder, findPayment } from "./find.ts";
import { callSquare } from "./line.ts";
import type { PlannedPayment, SquareDocument } from "./plan.ts";
import { isMoney, orderAnswer, paymentAnswer, type Order, type Payment } from "./shapes.ts";

type PlacedOrder = NonNullable<SquareDocument["order"]>;

/** Creates the order of a document, its payments, and pays it: what stands of that already is found and used. The order's id. */
export async function placeOrder(attempt: Attempt, document: SquareDocument, order: PlacedOrder): Promise<Outcome<string>> {
  const created = await createOrder(attempt, document, order);
  if (created.kind !== "ok" || created.value.state === "COMPLETED")
    return created.kind === "ok" ? { kind: "ok", value: created.value.id } : created;
  const ids: string[] = [];
  for (const payment of order.payments) {
    const paid = await createPayment(attempt, document, payment, created.value.id);
    if (paid.kind !== "ok") return paid;
    ids.push(paid.value);
  }
  const { id } = created.value;
  const body = { idempotency_key: `${document.reference}-pay`, payment_ids: ids };
  const done = await callSquare(attempt.line, { method: "POST", path: `/v2/orders/${encodeURIComponent(id)}/pay`, body }, orderAnswer);
  if (done.kind !== "ok") return done;
  const wrong = judgeOrder(done.value.order, document, order);
  if (wrong !== undefined) return wrong;
  return done.value.order.state === "COMPLETED"
    ? { kind: "ok", value: id }
    : { kind: "uncertain", detail: "the order was paid and is not complete" };
}

async function createOrder({ line, item, keysMayBeGone }: Attempt, document: SquareDocument, order: PlacedOrder): Promise<Outcome<Order>> {
  if (keysMayBeGone) {
    const found = await findOrder(line, areaOf(item, document.location), document.reference);
    if (found.kind !== "ok") return found;
    if (found.value !== undefined) return judgeOrder(found.value, document, order) ?? { kind: "ok", value: found.value };
  }
  const body = { idempotency_key: document.reference, order: order.body };
  const made = await callSquare(line, { method: "POST", path: "/v2/orders", body }, orderAnswer);
  if (made.kind !== "ok") return made;
  return judgeOrder(made.value.order, document, order) ?? { kind: "ok", value: made.value.order };
}

/** An order that is not ours, or whose total Square reckons in another way, is not paid. */
function judgeOrder(found: Order, { reference, location }: SquareDocument, { total }: PlacedOrder): Outcome<never> | undefined {
  if (found.reference_id !== reference || found.location_id !== location)
    return { kind: "foreign", detail: `the answer's order bears ${found.reference_id ?? "no reference"}` };
  if (found.state === "CANCELED") return { kind: "rejected", detail: "the order was cancelled at Square" };
  if (isMoney(found.total_money, total)) return undefined;
  const { amount, currency } = found.total_money;
  return {
    kind: "rejected",
    detail: `Square reckons a total of ${amount} ${currency}, and the receipt says ${total.amount} ${total.currency}`,
  };
}

async function createPayment(
  attempt: Attempt,
  document: SquareDocument,
  payment: PlannedPayment,
  orderId: string,
): Promise<Outcome<string>> {
  const { line, item, keysMayBeGone } = attempt;
  if (keysMayBeGone) {
    const found = await findPayment(line, areaOf(item, document.location), payment.reference);
    if (found.kind !== "ok") return found;
    if (found.value !== undefined) return judgePayment(found.value, payment, orderId);
  }
  const body = { ...payment.body, order_id: orderId };
  const made = await callSquare(line, { method: "POST", path: "/v2/payments", body }, paymentAnswer);
  if (made.kind !== "ok") return made;
  return judgePayment(made.value.payment, payment, orderId);
}

/** Ours, of the planned money, and for the order that is paid. */
function judgePayment(
  { id, reference_id, status, amount_money, order_id }: Payment,
  payment: PlannedPayment,
  orderId: string,
): Outcome<string> {
  if (reference_id !== payment.reference)
    return { kind: "foreign", detail: `the answer's payment bears ${reference_id ?? "no reference"}` };
  if (!isMoney(amount_money, payment.money) || (order_id !== undefined && order_id !== orderId))
    return { kind: "foreign", detail: "a payment of other money, or for another order, bears our reference" };
  if (status === "CANCELED" || status === "FAILED") return { kind: "rejected", detail: `the payment is ${status.toLowerCase()} at Square` };
  return { kind: "ok", value: id };
}
