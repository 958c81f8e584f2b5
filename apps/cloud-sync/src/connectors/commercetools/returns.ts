import type { Outcome } from "../outcome.ts";
import { readRecord, type Talk } from "./line.ts";
import type { CommercetoolsDocument, PlannedReturn } from "./plan.ts";
import { orderSchema, type Order } from "./shapes.ts";
import { bringRecord } from "./update.ts";

type ReturnedItem = NonNullable<Order["returnInfo"]>[number]["items"][number];

/** The order of the sale that goods came back from; undefined: it has none here. */
export async function readSale({ context, ...line }: Talk, { sale }: PlannedReturn): Promise<Outcome<Order | undefined>> {
  const id = await context.vendorIdOf(sale);
  if (id === undefined) return { kind: "ok", value: undefined };
  const read = await readRecord(line, `/orders/${encodeURIComponent(id)}`, orderSchema);
  if (read.kind !== "ok" || read.value === undefined || read.value.id === id) return read;
  return { kind: "foreign", detail: "the answer's order is another's" };
}

/** Brings a return to the sale's order; the order's id, or undefined where there is none. */
export async function bringReturn(
  talk: Talk,
  document: CommercetoolsDocument,
  planned: PlannedReturn,
  refundIds: readonly string[],
): Promise<Outcome<string | undefined>> {
  const at = { collection: "orders" as const, shape: orderSchema, read: () => readSale(talk, planned) };
  const brought = await bringRecord(talk, at, (order) => returnActions(order, document, planned, refundIds));
  return brought.kind === "ok" ? { kind: "ok", value: brought.value?.id } : brought;
}

/** What is left to do at the sale's order: all of it goes in at once. */
export function returnActions(
  order: Order,
  { role, reference, of }: CommercetoolsDocument,
  planned: PlannedReturn,
  refundIds: readonly string[],
): readonly object[] {
  const standing = (order.returnInfo ?? []).filter(({ returnTrackingId }) => returnTrackingId === of).flatMap(({ items }) => items);
  if (role === "reverse")
    return standing
      .filter((one) => !isTakenBack(one))
      .map(({ id }) => ({ action: "setReturnPaymentState", returnItemId: id, paymentState: "NotRefunded" }));
  const items = standing.length > 0 ? [] : allocate(order, planned);
  const attached = new Set(order.paymentInfo?.payments.map(({ id }) => id));
  return [
    ...(items.length === 0 ? [] : [{ action: "addReturnInfo", returnTrackingId: reference, items }]),
    ...refundIds.filter((id) => !attached.has(id)).map((id) => ({ action: "addPayment", payment: { typeId: "payment", id } })),
  ];
}

const isTakenBack = ({ paymentState }: ReturnedItem): boolean => paymentState === "NotRefunded";

/** Items of the order, as many as were bought and did not come back yet; what exceeds them is told by the money alone. */
function allocate(order: Order, { items }: PlannedReturn): object[] {
  const back = (order.returnInfo ?? []).flatMap((info) => info.items).filter((one) => !isTakenBack(one));
  const left = [
    ...order.lineItems.map(({ id, quantity, variant }) => ({ name: { lineItemId: id }, id, code: variant.sku, quantity })),
    ...order.customLineItems.map(({ id, quantity, slug }) => ({ name: { customLineItemId: id }, id, code: slug, quantity })),
  ].map((one) => ({
    ...one,
    quantity: back.reduce(
      (rest, { lineItemId, customLineItemId, quantity }) => ((lineItemId ?? customLineItemId) === one.id ? rest - quantity : rest),
      one.quantity,
    ),
  }));
  const taken: object[] = [];
  for (const { code, units } of items) {
    let wanted = units;
    for (const line of left.filter((one) => one.code === code)) {
      const quantity = Math.min(wanted, line.quantity);
      if (quantity <= 0) continue;
      taken.push({ ...line.name, quantity, shipmentState: "Returned" });
      line.quantity -= quantity;
      wanted -= quantity;
    }
  }
  return taken;
}
