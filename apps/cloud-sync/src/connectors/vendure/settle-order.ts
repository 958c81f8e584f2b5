import type { VendureConfig } from "./manifest.ts";
import { addFulfillment, addPayment, deliver, isRefusal, moveOrder, type VendureFulfillment, type VendureOrder } from "./operations.ts";
import { again, dataOf, done, ended, rejected, tell, type Outcome } from "./outcome.ts";
import { orderTotal, type PlannedLine, type VendurePlan } from "./plan.ts";
import type { Vendure } from "./vendure-line.ts";
import { checkOrder } from "./write-draft.ts";

/** What was paid for an order, whatever was given back since. */
export const paidFor = (order: VendureOrder): bigint =>
  (order.payments ?? []).filter(({ state }) => state === "Settled").reduce((sum, payment) => sum + BigInt(payment.amount), 0n);

/** Whether nothing is left to do for a paid order. */
export const isSettled = (order: VendureOrder, { fulfil }: Pick<VendureConfig, "fulfil">): boolean =>
  !fulfil || order.state === "Delivered" || order.state === "Cancelled" || order.state === "PartiallyDelivered";

/** Closes a draft to changes, looks at it once more, and pays for it: a line that came late is seen before the money is. */
export async function payOrder(
  vendure: Vendure,
  plan: VendurePlan,
  lines: readonly PlannedLine[],
  draft: VendureOrder,
): Promise<Outcome<VendureOrder>> {
  const total = orderTotal(lines);
  const closed = draft.state === "ArrangingPayment" ? done(draft) : await closeDraft(vendure, draft.id);
  if (closed.kind !== "done") return closed;
  const checked = checkOrder(plan, lines, closed.value, total);
  if (checked.kind !== "done") return checked;
  const { paymentMethod } = vendure.config;
  const payment = {
    orderId: draft.id,
    method: paymentMethod,
    transactionId: plan.reference,
    metadata: { receipt: plan.naturalKey, tenders: plan.tenders },
  };
  const paid = dataOf(await vendure.ask(addPayment, { payment }));
  if (paid.kind !== "done") return paid;
  const { made } = paid.value;
  if (isRefusal(made)) return again(tell(made));
  return made.id === draft.id && paidFor(made) === total
    ? done(made)
    : ended({ kind: "uncertain", detail: "the answer to a payment does not show it" });
}

async function closeDraft({ ask }: Vendure, order: string): Promise<Outcome<VendureOrder>> {
  const moved = dataOf(await ask(moveOrder, { order, state: "ArrangingPayment" }));
  if (moved.kind !== "done") return moved;
  const { made } = moved.value;
  if (made === null || isRefusal(made)) return again(made === null ? "the order is gone" : tell(made));
  return made.id === order ? done(made) : ended({ kind: "uncertain", detail: "the answer is another order's" });
}

/** Goods that were carried out of the store leave its stock: everything on the order is shipped and delivered. */
export async function fulfilOrder(vendure: Vendure, plan: VendurePlan, order: VendureOrder): Promise<Outcome<null>> {
  const known = order.fulfillments ?? [];
  const added = known.length === 0 ? await addAllGoods(vendure, plan, order) : done([]);
  if (added.kind !== "done") return added;
  const open = known.filter(({ state }) => state !== "Delivered" && state !== "Cancelled").map(({ id }) => id);
  for (const fulfillmentId of [...open, ...added.value]) {
    const moved = dataOf(await vendure.ask(deliver, { fulfillmentId }));
    if (moved.kind !== "done") return moved;
    const { delivered } = moved.value;
    if (isRefusal(delivered)) return again(tell(delivered));
    if (!isOf(order, delivered) || delivered.state !== "Delivered") return unproven;
  }
  return done(null);
}

const unproven: Outcome<never> = ended({ kind: "uncertain", detail: "the answer to a fulfilment does not show it" });

const isOf = (order: VendureOrder, { lines }: VendureFulfillment): boolean =>
  lines.length > 0 && lines.every(({ orderLineId }) => order.lines.some(({ id }) => id === orderLineId));

async function addAllGoods({ ask }: Vendure, { store }: VendurePlan, order: VendureOrder): Promise<Outcome<string[]>> {
  const lines = order.lines.flatMap(({ id, quantity }) => (quantity > 0 ? [{ orderLineId: id, quantity }] : []));
  const handler = {
    code: "manual-fulfillment",
    arguments: [
      { name: "method", value: "carried out" },
      { name: "trackingCode", value: store },
    ],
  };
  const added = dataOf(await ask(addFulfillment, { fulfillment: { lines, handler } }));
  if (added.kind !== "done") return added;
  const { made } = added.value;
  if (!isRefusal(made)) return isOf(order, made) ? done([made.id]) : unproven;
  // Paid it is, and stays; goods that Vendure thinks are not there cannot leave its stock.
  return made.errorCode.startsWith("INSUFFICIENT_STOCK") ? rejected(`paid, not fulfilled: ${tell(made)}`) : again(tell(made));
}
