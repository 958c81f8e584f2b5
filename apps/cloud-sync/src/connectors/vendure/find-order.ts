import { deliveryIdentity } from "../../destinations/delivery-identity.ts";
import type { Ask } from "./ask.ts";
import { findByReference, findByReferences, type VendureOrder } from "./operations.ts";
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

/** Revisions of a receipt that are looked for at once; few have more than two. */
const REVISIONS_AT_ONCE = 16;

/**
 * The order that gives something back: the one named, or that of the receipt's latest revision that has one. Undefined: it
 * is not there. Looked for by references alone, since theirs is the field with an index.
 */
export async function findRefunded(ask: Ask, of: PlannedRefund["of"]): Promise<Outcome<VendureOrder | undefined>> {
  if ("reference" in of) return findOrder(ask, of.reference);
  let latest: VendureOrder | undefined;
  for (let first = 1; ; first += REVISIONS_AT_ONCE) {
    const references = Array.from({ length: REVISIONS_AT_ONCE }, (_, at) => deliveryIdentity(of.receipt, first + at));
    const found = dataOf(await ask(findByReferences, { references }));
    if (found.kind !== "done") return found;
    const places = found.value.orders.items.map(({ customFields }) => references.indexOf(customFields.posReference ?? ""));
    if (places.includes(-1)) return ended({ kind: "uncertain", detail: "the look-up answers with other orders" });
    const last = Math.max(-1, ...places);
    if (last >= 0) latest = found.value.orders.items[places.indexOf(last)];
    if (last < REVISIONS_AT_ONCE - 1) return done(latest);
  }
}
