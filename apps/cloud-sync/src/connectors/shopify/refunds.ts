import { z } from "zod";
import type { SendContext } from "../connector.ts";
import type { Fault, Outcome } from "../outcome.ts";
import { callShopify, type ShopifyLine } from "./line.ts";
import type { MoneyUnit, PlannedRefund } from "./map.ts";
import { findOrder, minorOf, readOrder, REFUNDS_MAX, type Order } from "./orders.ts";
import { refusalOf, userErrorsSchema } from "./user-errors.ts";

// Shopify refuses a refund without a key since release 2026-04, though its schema does not ask for one.
const CREATE = `mutation CreateRefund($input: RefundInput!, $key: String!) {
  refundCreate(input: $input) @idempotent(key: $key) {
    refund { id note totalRefundedSet { shopMoney { amount currencyCode } } } userErrors { field message } } }`;

const refundSchema = z.object({
  id: z.string().min(1),
  note: z.string().nullable(),
  totalRefundedSet: z.object({ shopMoney: z.object({ amount: z.string(), currencyCode: z.string() }) }),
});
const createSchema = z.object({ refundCreate: z.object({ refund: refundSchema.nullable(), userErrors: userErrorsSchema }) });

/** The order that a refund is on; undefined: it is not at Shopify. */
export async function orderOf(line: ShopifyLine, context: SendContext, refund: PlannedRefund): Promise<Outcome<Order | undefined>> {
  if (refund.order !== undefined) return findOrder(line, refund.order);
  const id = await context.vendorIdOf(refund.on);
  return id === undefined ? { kind: "ok", value: undefined } : readOrder(line, id);
}

/** The refund under our reference, which is its note. */
export function findRefund(order: Order, { reference, total }: PlannedRefund, unit: MoneyUnit): Outcome<string | undefined> {
  const found = order.refunds.find(({ note }) => note === reference);
  if (found === undefined && order.refunds.length >= REFUNDS_MAX)
    return { kind: "rejected", detail: `the order has ${REFUNDS_MAX} refunds and more: whether ours is among them cannot be read` };
  if (found === undefined) return { kind: "ok", value: undefined };
  return minorOf(found.totalRefundedSet, unit) === total
    ? { kind: "ok", value: found.id }
    : { kind: "foreign", detail: "a refund of another amount bears our reference" };
}

/** Refunds on an order of ours, unless that was done. */
export async function createRefund(
  line: ShopifyLine,
  context: SendContext,
  planned: PlannedRefund,
  unit: MoneyUnit,
): Promise<Outcome<string>> {
  const order = await orderOf(line, context, planned);
  if (order.kind !== "ok") return order;
  if (order.value === undefined) return { kind: "cause-missing", cause: planned.on, detail: "its order is not at Shopify" };
  const standing = findRefund(order.value, planned, unit);
  if (standing.kind !== "ok") return standing;
  if (standing.value !== undefined) return { kind: "ok", value: standing.value };
  const made = await giveRefund(line, planned.reference, refundInput(order.value, planned));
  if (made.kind !== "ok") return made;
  const refund = made.value;
  const isOurs = refund.note === planned.reference && minorOf(refund.totalRefundedSet, unit) === planned.total;
  return isOurs ? { kind: "ok", value: refund.id } : { kind: "foreign", detail: "the answer's refund is another's" };
}

/** Keys of one refund: each that Shopify knows for an attempt that failed gave no money back, and is used up. */
const KEYS_MAX = 5;

async function giveRefund(line: ShopifyLine, reference: string, input: object): Promise<Outcome<z.infer<typeof refundSchema>>> {
  let refused: Fault | undefined;
  for (let n = 1; n <= KEYS_MAX; n += 1) {
    const key = n === 1 ? reference : `${reference}-${n}`;
    const made = await callShopify(line, CREATE, { input, key }, createSchema);
    if (made.kind !== "ok") return made;
    const { refund, userErrors } = made.value.refundCreate;
    if (refund !== null) return { kind: "ok", value: refund };
    if (userErrors.some(({ message }) => UNDER_WAY.test(message))) return { kind: "theirs", detail: "the same refund is under way" };
    refused = refusalOf(userErrors);
    if (!userErrors.some(({ message }) => USED_UP.test(message))) return refused;
  }
  return refused ?? { kind: "uncertain", detail: "no answer" };
}

// A refund's errors bear no codes: only their words tell.
const UNDER_WAY = /currently in progress|CONCURRENT_REQUEST/i;
const USED_UP = /idempotency key failed|PREVIOUS_ATTEMPT_FAILED/i;

/** Money goes back on the payments of its own kind, else on the first; stock stays where it is. */
function refundInput(order: Order, { reference, flows, goods }: PlannedRefund): object {
  const sales = order.transactions.filter(({ kind, status }) => kind === "SALE" && status === "SUCCESS");
  const left = new Map(order.lineItems.nodes.map(({ id, refundableQuantity }) => [id, refundableQuantity]));
  const refundLineItems = goods.flatMap(({ sku, quantity }) => {
    let wanted = quantity;
    return order.lineItems.nodes.flatMap((item) => {
      const taken = item.sku === sku ? Math.min(wanted, left.get(item.id) ?? 0) : 0;
      if (taken === 0) return [];
      wanted -= taken;
      left.set(item.id, (left.get(item.id) ?? 0) - taken);
      return [{ lineItemId: item.id, quantity: taken, restockType: "NO_RESTOCK" }];
    });
  });
  return {
    orderId: order.id,
    note: reference,
    notify: false,
    allowOverRefunding: true,
    refundLineItems,
    transactions: flows.map(({ gateway, amount }) => {
      const parent = sales.find((one) => one.gateway === gateway) ?? sales[0];
      return { orderId: order.id, amount, gateway, kind: "REFUND", ...(parent === undefined ? {} : { parentId: parent.id }) };
    }),
  };
}
