import type { Outcome } from "../outcome.ts";
import { callVoucherify, type VoucherifyLine } from "./line.ts";
import { CANCELLED, type PlannedOrder } from "./map.ts";
import { orderSchema, type Order } from "./shapes.ts";

type Place = Extract<PlannedOrder, { kind: "place" }>;

const pathOf = (reference: string): string => `/v1/orders/${encodeURIComponent(reference)}`;

/** The order under our reference; undefined: there is none. */
export async function readOrder(line: VoucherifyLine, reference: string): Promise<Outcome<Order | undefined>> {
  const read = await callVoucherify(line, { method: "GET", path: pathOf(reference) }, orderSchema);
  if (read.kind !== "ok" || read.value === undefined) return read;
  return isOurs(read.value, reference) ? read : foreign(read.value);
}

/** Places an order, or cancels one. Each is the same however often it is done. Voucherify's id of the order. */
export async function writeOrder(line: VoucherifyLine, order: PlannedOrder): Promise<Outcome<string>> {
  if (order.kind === "place") return placeOrder(line, order);
  const written = await callVoucherify(line, { method: "PUT", path: pathOf(order.reference), body: CANCELLED }, orderSchema);
  if (written.kind !== "ok") return written;
  if (written.value === undefined)
    return { kind: "cause-missing", cause: order.naturalKey, detail: "the order that is taken back is not at Voucherify" };
  if (!isOurs(written.value, order.reference)) return foreign(written.value);
  return written.value.status === "CANCELED"
    ? { kind: "ok", value: written.value.id }
    : { kind: "uncertain", detail: `the order is ${written.value.status} after it was cancelled` };
}

/** An order that stands is left as it is: an upsert would bring a cancelled one back to life. */
async function placeOrder(line: VoucherifyLine, order: Place): Promise<Outcome<string>> {
  const standing = await readOrder(line, order.reference);
  if (standing.kind !== "ok") return standing;
  if (standing.value !== undefined) return judge(standing.value, order);
  const made = await callVoucherify(line, { method: "POST", path: "/v1/orders", body: order.body }, orderSchema);
  if (made.kind !== "ok") return made;
  return made.value === undefined ? { kind: "rejected", detail: "status 404" } : judge(made.value, order);
}

function judge(found: Order, { reference, amount }: Place): Outcome<string> {
  if (!isOurs(found, reference)) return foreign(found);
  return found.amount === amount
    ? { kind: "ok", value: found.id }
    : { kind: "foreign", detail: `the order under our reference is of ${found.amount ?? "no amount"}, and the receipt of ${amount}` };
}

const isOurs = (order: Order, reference: string): boolean => order.source_id === reference;
const foreign = (order: Order): Outcome<never> => ({
  kind: "foreign",
  detail: `the answer's order bears ${order.source_id ?? "no reference"}`,
});
