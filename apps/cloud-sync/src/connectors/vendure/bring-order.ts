import { compareLines, mergeLines } from "./compare-lines.ts";
import { isPlaced } from "./find-order.ts";
import { deleteDraft, isRefusal, moveOrder, setFields, type VendureOrder } from "./operations.ts";
import { again, dataOf, done, ended, type Outcome } from "./outcome.ts";
import { orderTotal, type PlannedLine, type VendurePlan } from "./plan.ts";
import { fulfilOrder, isSettled, paidFor, payOrder } from "./settle-order.ts";
import type { Vendure } from "./vendure-line.ts";
import { checkOrder, fillDraft, openDraft } from "./write-draft.ts";

/** Brings a document's order from where it stands (`found`; undefined: nowhere) to its end. The order's code. */
export async function bringOrder(
  vendure: Vendure,
  plan: VendurePlan,
  planned: readonly PlannedLine[],
  found: VendureOrder | undefined,
): Promise<Outcome<string>> {
  const lines = mergeLines(planned);
  const whose = found === undefined ? done(null) : checkOwner(plan, lines, found);
  if (whose.kind !== "done") return whose;
  const paid = found !== undefined && isPlaced(found) ? done(found) : await bringToPayment(vendure, plan, lines, found);
  if (paid.kind !== "done") return paid;
  if (isSettled(paid.value, vendure.config)) return done(paid.value.code);
  const fulfilled = await fulfilOrder(vendure, plan, paid.value);
  return fulfilled.kind === "done" ? done(paid.value.code) : fulfilled;
}

/** An order under our reference that is another receipt's, or was paid with other contents, is not ours to touch. */
export function checkOwner(plan: VendurePlan, lines: readonly PlannedLine[], order: VendureOrder): Outcome<null> {
  const { posReceipt } = order.customFields;
  if (posReceipt !== plan.naturalKey)
    return ended({ kind: "foreign", detail: `order ${order.code} bears our reference and another receipt` });
  if (!isPlaced(order)) return done(null);
  const isOurs =
    compareLines(lines, order).kind === "equal" && paidFor(order) === orderTotal(lines) && order.currencyCode === plan.currency;
  return isOurs ? done(null) : ended({ kind: "foreign", detail: `order ${order.code} bears our reference and other contents` });
}

async function bringToPayment(
  vendure: Vendure,
  plan: VendurePlan,
  lines: readonly PlannedLine[],
  found: VendureOrder | undefined,
): Promise<Outcome<VendureOrder>> {
  if (found?.state === "Cancelled") return discard(vendure, found);
  const draft = found === undefined ? await openDraft(vendure) : done(found.id);
  if (draft.kind !== "done") return draft;
  const compared = found === undefined ? { kind: "part" as const, missing: lines } : compareLines(lines, found);
  if (found !== undefined && (compared.kind === "other" || (compared.kind === "part" && found.state !== "Draft")))
    return discard(vendure, found);
  if (found?.state === "ArrangingPayment") return payOrder(vendure, plan, lines, found);
  const filled = await fillDraft(vendure, plan, compared.kind === "part" ? compared.missing : [], draft.value);
  if (filled.kind !== "done") return filled;
  const checked = checkOrder(plan, lines, filled.value, orderTotal(lines));
  if (checked.kind === "done") return payOrder(vendure, plan, lines, checked.value);
  if (checked.kind === "ended") await vendure.ask(deleteDraft, { order: draft.value });
  return checked;
}

/**
 * Throws away what two attempts at once made of an unpaid order, and frees its reference for the next. An unpaid order that
 * is cancelled already is one whose reference was not freed yet: the sale has happened, and needs an order.
 */
async function discard({ ask }: Vendure, order: VendureOrder): Promise<Outcome<never>> {
  if (order.state === "Draft") {
    const deleted = dataOf(await ask(deleteDraft, { order: order.id }));
    return deleted.kind === "done" ? again("a draft with other lines was thrown away") : deleted;
  }
  if (order.state !== "Cancelled") {
    const moved = dataOf(await ask(moveOrder, { order: order.id, state: "Cancelled" }));
    if (moved.kind !== "done") return moved;
    const { made } = moved.value;
    if (made === null || isRefusal(made)) return again("the order was moved meanwhile");
  }
  const freed = dataOf(await ask(setFields, { fields: { id: order.id, customFields: { posReference: null } } }));
  return freed.kind === "done" ? again("an unpaid order with other lines was cancelled") : freed;
}
