import { compareLines } from "./compare-lines.ts";
import { addLines, createDraft, deleteDraft, isRefusal, setFields, setParties, setShipping, type VendureOrder } from "./operations.ts";
import { again, dataOf, done, ended, rejected, tell, type Outcome } from "./outcome.ts";
import type { PlannedLine, VendurePlan } from "./plan.ts";
import type { Vendure } from "./vendure-line.ts";

/** Each line costs Vendure a recalculation of the whole order; a request with this many stays well within its deadline. */
const LINES_PER_REQUEST = 10;

/**
 * Opens a draft under the document's reference. The reference comes before everything else, so that a draft whose writer
 * was cut off is found again. Where another has it already, the empty draft is thrown away.
 */
export async function openDraft({ ask }: Vendure, plan: VendurePlan): Promise<Outcome<string>> {
  const draft = dataOf(await ask(createDraft, {}));
  if (draft.kind !== "done") return draft;
  const { id } = draft.value.made;
  const { reference, naturalKey, revision, store, soldAt } = plan;
  const customFields = {
    posReference: reference,
    posReceipt: naturalKey,
    posRevision: revision,
    posStore: store,
    posSoldAt: soldAt ?? null,
  };
  const named = dataOf(await ask(setFields, { fields: { id, customFields } }));
  if (named.kind === "again") await ask(deleteDraft, { order: id });
  return named.kind === "done" ? done(id) : named;
}

/** Brings a draft to its full contents and reads it back. What Vendure refuses for good leaves no draft behind. */
export async function fillDraft(
  vendure: Vendure,
  plan: VendurePlan,
  lines: readonly PlannedLine[],
  order: string,
): Promise<Outcome<VendureOrder>> {
  const filled = await fill(vendure, plan, lines, order);
  if (filled.kind === "ended" && filled.result.kind === "rejected") await vendure.ask(deleteDraft, { order });
  return filled;
}

async function fill(vendure: Vendure, plan: VendurePlan, lines: readonly PlannedLine[], order: string): Promise<Outcome<VendureOrder>> {
  const { ask, names, config } = vendure;
  const address = { fullName: `Store ${plan.store}`, streetLine1: `Store ${plan.store}`, countryCode: config.countryCode };
  const parties = dataOf(await ask(setParties, { order, customer: plan.customer, address }));
  if (parties.kind !== "done") return parties;
  if (isRefusal(parties.value.customer)) return rejected(tell(parties.value.customer));
  const added = await addAll(vendure, plan, lines, order);
  if (added.kind !== "done") return added;
  const method = await names.shippingMethod();
  if (method.kind !== "done") return method;
  const shipped = dataOf(await ask(setShipping, { order, method: method.value }));
  if (shipped.kind !== "done") return shipped;
  const { made } = shipped.value;
  if (isRefusal(made)) return made.errorCode === "ORDER_MODIFICATION_ERROR" ? again(tell(made)) : rejected(tell(made));
  return made.id === order ? done(made) : ended({ kind: "uncertain", detail: "the answer is another order's" });
}

async function addAll(
  { ask, names }: Vendure,
  { store }: VendurePlan,
  lines: readonly PlannedLine[],
  order: string,
): Promise<Outcome<null>> {
  const ids = await names.variants(lines.map(({ sku }) => sku));
  if (ids.kind !== "done") return ids;
  for (let at = 0; at < lines.length; at += LINES_PER_REQUEST) {
    const some = lines.slice(at, at + LINES_PER_REQUEST);
    const inputs = some.map(({ sku, quantity, unitPrice, line, counted }, index) => [
      `i${index}`,
      {
        productVariantId: ids.value.get(sku),
        quantity,
        customFields: { posUnitPrice: unitPrice, posLine: line, posQuantity: counted ?? null, posStore: store },
      },
    ]);
    const answer = dataOf(await ask(addLines(some.length), { order, ...Object.fromEntries(inputs) }));
    if (answer.kind !== "done") return answer;
    const refused = Object.values(answer.value).find(isRefusal);
    if (refused !== undefined) return refused.errorCode === "ORDER_MODIFICATION_ERROR" ? again(tell(refused)) : rejected(tell(refused));
  }
  return done(null);
}

/** Whether an order is what the plan says, to the minor unit, before anything is paid. */
export function checkOrder(plan: VendurePlan, lines: readonly PlannedLine[], order: VendureOrder, total: bigint): Outcome<VendureOrder> {
  if (compareLines(lines, order).kind !== "equal") return again("an order's lines are not the receipt's");
  if (order.currencyCode !== plan.currency)
    return rejected(`Vendure's channel sells in ${order.currencyCode}, the till in ${plan.currency}`);
  return BigInt(order.totalWithTax) === total
    ? done(order)
    : rejected(`Vendure makes it ${order.totalWithTax} where the till took ${total}: a promotion or a shipping price applies`);
}
