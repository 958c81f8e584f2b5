import type { Outcome } from "../outcome.ts";
import { callCommercetools, readRecord, type CommercetoolsLine } from "./line.ts";
import { CANCEL } from "./map.ts";
import type { CommercetoolsDocument } from "./plan.ts";
import { orderSchema, type Order } from "./shapes.ts";
import { bringRecord } from "./update.ts";

/** The order under our number, if it is ours; undefined: there is none. */
export async function readOrder(line: CommercetoolsLine, document: CommercetoolsDocument): Promise<Outcome<Order | undefined>> {
  const read = await readRecord(line, `/orders/order-number=${encodeURIComponent(document.of)}`, orderSchema);
  return read.kind === "ok" && read.value !== undefined ? judge(read.value, document) : read;
}

/** Imports an order unless its number is taken, then it is looked at. Its id. */
export async function bringOrder(
  line: CommercetoolsLine,
  document: CommercetoolsDocument,
  paymentIds: readonly string[],
): Promise<Outcome<string>> {
  const payments = paymentIds.map((id) => ({ typeId: "payment", id }));
  const body = { ...document.order?.body, ...(payments.length === 0 ? {} : { paymentInfo: { payments } }) };
  const said = await callCommercetools(line, { method: "POST", path: "/orders/import", body }, orderSchema);
  if (said.kind === "absent") return { kind: "set-up", detail: "status 404: no such project" };
  if (said.kind === "conflict") return { kind: "theirs", detail: "status 409" };
  const order = said.kind === "duplicate" ? await readOrder(line, document) : said.kind === "ok" ? judge(said.value, document) : said;
  if (order.kind !== "ok") return order;
  return order.value === undefined
    ? { kind: "uncertain", detail: "the order number is taken, and nothing is found under it" }
    : { kind: "ok", value: order.value.id };
}

/** Cancels an order that is taken back. */
export async function cancelOrder(line: CommercetoolsLine, document: CommercetoolsDocument): Promise<Outcome<string>> {
  const brought = await bringRecord(
    line,
    { collection: "orders", shape: orderSchema, read: () => readOrder(line, document) },
    ({ orderState }) => (isCancelled(orderState) ? [] : [CANCEL]),
  );
  if (brought.kind !== "ok") return brought;
  return brought.value === undefined
    ? { kind: "cause-missing", cause: document.naturalKey, detail: "the order that is taken back is not there" }
    : { kind: "ok", value: brought.value.id };
}

export const isCancelled = (orderState: string): boolean => orderState === "Cancelled";

function judge(found: Order, { of, order }: CommercetoolsDocument): Outcome<Order> {
  const isOurs =
    found.orderNumber === of &&
    found.totalPrice.centAmount === order?.total.centAmount &&
    found.totalPrice.currencyCode === order.total.currencyCode;
  return isOurs ? { kind: "ok", value: found } : { kind: "foreign", detail: "the order under our number is another, or of another total" };
}
