import type { Ask } from "./ask.ts";
import { findOrder, findRefunded, isPlaced } from "./find-order.ts";
import { cancelLines, isRefusal, refund as refundOperation, type StepOrder, type VendureOrder } from "./operations.ts";
import { again, dataOf, done, ended, rejected, tell, type Outcome } from "./outcome.ts";
import type { PlannedRefund, ReturnedGoods, VendurePlan } from "./plan.ts";

/** What an earlier order gave back for a document. */
export interface Given {
  readonly amount: bigint;
  readonly vendorId: string;
}

type Refund = NonNullable<VendureOrder["payments"]>[number]["refunds"][number];

/** The refund that bears the reference, where one does. */
export const refundUnder = (order: VendureOrder, reference: string): Refund | undefined =>
  (order.payments ?? []).flatMap(({ refunds }) => refunds).find(({ reason, state }) => reason === reference && state !== "Failed");

export const isCancelledUnder = (order: Pick<VendureOrder, "history">, reference: string): boolean =>
  (order.history?.items ?? []).some(({ data }) => data.reason === reference);

/**
 * Takes goods back into stock and refunds the payment, each once for a reference: what bears it is done already, and
 * Vendure refuses a second. Gives as much money as the payment still has; the caller books the rest.
 */
export async function giveBack(ask: Ask, plan: VendurePlan, wish: PlannedRefund): Promise<Outcome<Given>> {
  const first = await findRefunded(ask, wish.of);
  // Asked twice before it counts as missing: an answer that was mixed up on its way must not hold a return back for days.
  const found = first.kind === "done" && first.value === undefined ? await findRefunded(ask, wish.of) : first;
  if (found.kind !== "done") return found;
  const order = found.value;
  if (order === undefined || !isPlaced(order)) {
    const cause = "receipt" in wish.of ? wish.of.receipt : plan.naturalKey;
    return ended({ kind: "cause-missing", cause, detail: "Vendure has no paid order of the receipt that gives back" });
  }
  const cancelled = await cancelGoods(ask, plan, order, wish);
  return cancelled.kind === "done" ? refundPayment(ask, plan, order, wish) : cancelled;
}

/** Cancels what is left of the goods in the order, and what is not there any more in the order that sold it again. */
async function cancelGoods(
  ask: Ask,
  { reference }: VendurePlan,
  order: VendureOrder,
  { goods, orElse }: PlannedRefund,
): Promise<Outcome<null>> {
  const first = await cancelIn(ask, reference, order, goods);
  if (first.kind !== "done" || first.value.length === 0 || orElse === undefined) return first.kind === "done" ? done(null) : first;
  const soldAgain = await findOrder(ask, orElse);
  if (soldAgain.kind !== "done") return soldAgain;
  if (soldAgain.value === undefined || !isPlaced(soldAgain.value)) return done(null);
  const second = await cancelIn(ask, reference, soldAgain.value, first.value);
  return second.kind === "done" ? done(null) : second;
}

/** Cancels once for a reference. The goods that the order did not have. */
async function cancelIn(
  ask: Ask,
  reference: string,
  order: VendureOrder,
  goods: PlannedRefund["goods"],
): Promise<Outcome<ReturnedGoods[]>> {
  const lines = chooseLines(order, goods);
  if (isCancelledUnder(order, reference) || lines.length === 0) return done(goodsLeft(order, reference, goods));
  const answer = dataOf(await ask(cancelLines, { cancel: { orderId: order.id, lines, reason: reference } }));
  if (answer.kind !== "done") return answer;
  const { made } = answer.value;
  if (isRefusal(made)) return again(tell(made));
  return made.id === order.id && isCancelledUnder(made, reference)
    ? done(goodsLeft(made, reference, goods))
    : ended({ kind: "uncertain", detail: "the answer to a cancellation does not show it" });
}

/** Goods of a wish that were not cancelled under the reference. */
export function goodsLeft({ lines, history }: VendureOrder, reference: string, goods: PlannedRefund["goods"]): ReturnedGoods[] {
  if (goods === "all") return [];
  const skus = new Map(lines.map((line) => [line.id, line.productVariant.sku]));
  const cancelled = (history?.items ?? []).filter(({ data }) => data.reason === reference).flatMap(({ data }) => data.lines ?? []);
  const left = new Map<string | undefined, number>();
  for (const { orderLineId, quantity } of cancelled) left.set(skus.get(orderLineId), (left.get(skus.get(orderLineId)) ?? 0) + quantity);
  return goods.flatMap(({ sku, quantity }) => {
    const taken = Math.min(quantity, left.get(sku) ?? 0);
    left.set(sku, (left.get(sku) ?? 0) - taken);
    return quantity > taken ? [{ sku, line: undefined, quantity: quantity - taken }] : [];
  });
}

/** Lines of an order to cancel: those that were bought by the till's line, else any of the article. Never more than is left. */
export function chooseLines(order: Pick<StepOrder, "lines">, goods: PlannedRefund["goods"]): { orderLineId: string; quantity: number }[] {
  const left = new Map(order.lines.map((line) => [line.id, line.quantity]));
  if (goods === "all") return [...left].flatMap(([orderLineId, quantity]) => (quantity > 0 ? [{ orderLineId, quantity }] : []));
  const chosen = new Map<string, number>();
  for (const one of goods) {
    const ofArticle = order.lines.filter((line) => line.productVariant.sku === one.sku);
    const ofLine = ofArticle.filter((line) => line.customFields.posLine === one.line);
    let wanted = one.quantity;
    for (const { id } of ofLine.length > 0 ? ofLine : ofArticle) {
      const taken = Math.min(wanted, left.get(id) ?? 0);
      if (taken === 0) continue;
      wanted -= taken;
      left.set(id, (left.get(id) ?? 0) - taken);
      chosen.set(id, (chosen.get(id) ?? 0) + taken);
    }
  }
  return [...chosen].map(([orderLineId, quantity]) => ({ orderLineId, quantity }));
}

async function refundPayment(
  ask: Ask,
  { reference }: VendurePlan,
  order: VendureOrder,
  { amount }: PlannedRefund,
): Promise<Outcome<Given>> {
  const earlier = refundUnder(order, reference);
  if (earlier !== undefined) return done({ amount: BigInt(earlier.total), vendorId: `${order.code}/refund-${earlier.id}` });
  const [payment] = refundable(order);
  const given = payment === undefined || amount < payment.left ? amount : payment.left;
  if (payment === undefined || given <= 0n) return done({ amount: 0n, vendorId: order.code });
  // The deprecated fields are not null in Vendure's table.
  const refund = { paymentId: payment.id, amount: Number(given), lines: [], shipping: 0, adjustment: 0, reason: reference };
  const answer = dataOf(await ask(refundOperation, { refund }));
  if (answer.kind !== "done") return answer;
  const { made } = answer.value;
  if (isRefusal(made)) return again(tell(made));
  if (made.state === "Failed") return rejected("Vendure's payment handler refuses the refund");
  if (made.reason !== reference || BigInt(made.total) !== given)
    return ended({ kind: "uncertain", detail: "the answer to a refund does not show it" });
  return done({ amount: given, vendorId: `${order.code}/refund-${made.id}` });
}

/** Settled payments with what they can still give back, the largest first. */
function refundable(order: VendureOrder): { id: string; left: bigint }[] {
  return (order.payments ?? [])
    .filter((payment) => payment.state === "Settled")
    .map(({ id, amount, refunds }) => ({
      id,
      left: refunds.filter(({ state }) => state !== "Failed").reduce((rest, refund) => rest - BigInt(refund.total), BigInt(amount)),
    }))
    .filter(({ left }) => left > 0n)
    .toSorted((a, b) => (a.left < b.left ? 1 : -1));
}
