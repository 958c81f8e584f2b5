import { REVERSAL } from "../documents/plan-documents.ts";
import type { Ask } from "./ask.ts";
import { findByReceipt, findByReference, type VendureOrder } from "./operations.ts";
import { dataOf, done, ended, type Outcome } from "./outcome.ts";
import type { PlannedRefund } from "./plan.ts";

/** States before an order is paid for: it can still be changed or thrown away. */
const UNPAID = new Set(["Created", "Draft", "AddingItems", "ArrangingPayment"]);
export const isPlaced = ({ state, payments }: VendureOrder): boolean => !UNPAID.has(state) && (payments ?? []).length > 0;

/** The order under a reference. Two of them are nobody's to choose from: Vendure lacks the unique field. */
export async function findOrder(ask: Ask, reference: string): Promise<Outcome<VendureOrder | undefined>> {
  const found = dataOf(await ask(findByReference, { reference }));
  if (found.kind !== "done") return found;
  const { items } = found.value.orders;
  if (items.some(({ customFields }) => customFields.posReference !== reference))
    return ended({ kind: "uncertain", detail: "the look-up answers with other orders" });
  if (items.length > 1) return ended({ kind: "foreign", detail: `${items.length} orders under one reference: posReference is not unique` });
  return done(items[0]);
}

/** The order that gives something back: that of the receipt's latest revision, or the one named. Undefined: it is not there. */
export async function findRefunded(ask: Ask, of: PlannedRefund["of"]): Promise<Outcome<VendureOrder | undefined>> {
  if ("reference" in of) return findOrder(ask, of.reference);
  const found = dataOf(await ask(findByReceipt, { receipt: of.receipt }));
  if (found.kind !== "done") return found;
  const { items } = found.value.orders;
  if (items.some(({ customFields }) => customFields.posReceipt !== of.receipt))
    return ended({ kind: "uncertain", detail: "the look-up answers with other orders" });
  const own = items.filter(({ customFields }) => customFields.posReference?.endsWith(REVERSAL) === false);
  return done(own.toSorted((a, b) => (b.customFields.posRevision ?? 0) - (a.customFields.posRevision ?? 0))[0]);
}
