import { compareLines } from "./compare-lines.ts";
import { addLines, createDraft, deleteDraft, isRefusal, readDraft, setHead, setShipping, type VendureOrder } from "./operations.ts";
import { again, dataOf, done, ended, rejected, tell, type Outcome } from "./outcome.ts";
import type { PlannedLine, VendurePlan } from "./plan.ts";
import type { Vendure } from "./vendure-line.ts";

/** Each line costs Vendure a recalculation of the whole order; a request with this many stays well within its deadline. */
const LINES_PER_REQUEST = 10;

/**
 * Opens an empty draft. Until it has its reference nothing tells it from a draft that someone gave up; it holds nothing.
 * It is read before anything is written to it: Vendure lets fields of any order be changed, and an answer that was mixed
 * up on its way would make another's order ours.
 */
export async function openDraft({ ask }: Vendure): Promise<Outcome<string>> {
  const draft = dataOf(await ask(createDraft, {}));
  if (draft.kind !== "done") return draft;
  const { id } = draft.value.made;
  const read = dataOf(await ask(readDraft, { order: id }));
  if (read.kind !== "done") return read;
  const { order } = read.value;
  const isFresh =
    order?.id === id && order.state === "Draft" && order.lines.length === 0 && (order.customFields.posReference ?? null) === null;
  return isFresh ? done(id) : ended({ kind: "uncertain", detail: "the answer to a new draft is another order's" });
}

/**
 * Brings a draft to its full contents and reads it back. The reference comes before everything else, so that a draft
 * whose writer was cut off is found again; where another draft has it already, and when Vendure refuses the contents for
 * good, this one is thrown away.
 */
export async function fillDraft(
  vendure: Vendure,
  plan: VendurePlan,
  lines: readonly PlannedLine[],
  order: string,
): Promise<Outcome<VendureOrder>> {
  const headed = await writeHead(vendure, plan, order);
  const filled = headed.kind === "done" ? await writeLines(vendure, plan, lines, order) : headed;
  if (headed.kind === "again" || isRejected(filled)) await vendure.ask(deleteDraft, { order });
  return filled;
}

const isRejected = (outcome: Outcome<unknown>): boolean => outcome.kind === "ended" && outcome.result.kind === "rejected";

async function writeHead({ ask, config }: Vendure, plan: VendurePlan, order: string): Promise<Outcome<null>> {
  const { reference, naturalKey, revision, store, soldAt, customer } = plan;
  const customFields = {
    posReference: reference,
    posReceipt: naturalKey,
    posRevision: revision,
    posStore: store,
    posSoldAt: soldAt ?? null,
  };
  const address = { fullName: `Store ${store}`, streetLine1: `Store ${store}`, countryCode: config.countryCode };
  const set = dataOf(await ask(setHead, { order, fields: { id: order, customFields }, customer, address }));
  if (set.kind !== "done") return set;
  return isRefusal(set.value.customer) ? rejected(tell(set.value.customer)) : done(null);
}

async function writeLines(
  vendure: Vendure,
  plan: VendurePlan,
  lines: readonly PlannedLine[],
  order: string,
): Promise<Outcome<VendureOrder>> {
  const added = await addAll(vendure, plan, lines, order);
  if (added.kind !== "done") return added;
  const method = await vendure.names.shippingMethod();
  if (method.kind !== "done") return method;
  const shipped = dataOf(await vendure.ask(setShipping, { order, method: method.value }));
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
