import { parseAmount } from "@tillsync/sync-protocol";
import { z } from "zod";
import type { Outcome } from "../outcome.ts";
import { callShopify, type ShopifyLine } from "./line.ts";
import type { MoneyUnit, PlannedOrder } from "./map.ts";
import { refusalOf, userErrorsSchema } from "./user-errors.ts";

const moneySchema = z.object({ shopMoney: z.object({ amount: z.string(), currencyCode: z.string() }) });
export const orderSchema = z.object({
  id: z.string().min(1),
  sourceIdentifier: z.string().nullable(),
  originalTotalPriceSet: moneySchema,
  lineItems: z.object({ nodes: z.array(z.object({ id: z.string(), sku: z.string().nullable(), refundableQuantity: z.number().int() })) }),
  transactions: z.array(z.object({ id: z.string(), gateway: z.string().nullable(), kind: z.string(), status: z.string() })),
  refunds: z.array(z.object({ id: z.string(), note: z.string().nullable(), totalRefundedSet: moneySchema })),
});
export type Order = z.infer<typeof orderSchema>;
export type ShopMoney = z.infer<typeof moneySchema>;

/** Refunds of an order that are read. */
export const REFUNDS_MAX = 100;

const FIELDS = `id sourceIdentifier originalTotalPriceSet { shopMoney { amount currencyCode } }
  lineItems(first: 250) { nodes { id sku refundableQuantity } }
  transactions(first: 100) { id gateway kind status }
  refunds(first: ${REFUNDS_MAX}) { id note totalRefundedSet { shopMoney { amount currencyCode } } }`;
const FIND = `query FindOrder($query: String!) { orders(first: 5, query: $query) { nodes { ${FIELDS} } } }`;
const READ = `query ReadOrder($id: ID!) { order(id: $id) { ${FIELDS} } }`;
const CREATE = `mutation CreateOrder($order: OrderCreateOrderInput!) {
  orderCreate(order: $order, options: { inventoryBehaviour: BYPASS, sendReceipt: false, sendFulfillmentReceipt: false }) {
    order { ${FIELDS} } userErrors { field message } } }`;

const findSchema = z.object({ orders: z.object({ nodes: z.array(orderSchema) }) });
const readSchema = z.object({ order: orderSchema.nullable() });
const createSchema = z.object({ orderCreate: z.object({ order: orderSchema.nullable(), userErrors: userErrorsSchema }) });

/** The order under our reference; undefined: there is none, or Shopify's search does not know it yet. */
export async function findOrder(line: ShopifyLine, reference: string): Promise<Outcome<Order | undefined>> {
  const found = await callShopify(line, FIND, { query: `source_identifier:"${reference}"` }, findSchema);
  if (found.kind !== "ok") return found;
  const { nodes } = found.value.orders;
  const ours = nodes.find(({ sourceIdentifier }) => sourceIdentifier === reference);
  if (ours === undefined && nodes.length > 0) return { kind: "foreign", detail: "the answer's orders are others'" };
  return { kind: "ok", value: ours };
}

export async function readOrder(line: ShopifyLine, id: string): Promise<Outcome<Order | undefined>> {
  const read = await callShopify(line, READ, { id }, readSchema);
  if (read.kind !== "ok") return read;
  const { order } = read.value;
  if (order !== null && order.id !== id) return { kind: "foreign", detail: "the answer's order is another's" };
  return { kind: "ok", value: order ?? undefined };
}

/** Creates an order, unless it stands. */
export async function createOrder(line: ShopifyLine, planned: PlannedOrder, unit: MoneyUnit): Promise<Outcome<string>> {
  const standing = await findOrder(line, planned.reference);
  if (standing.kind !== "ok") return standing;
  if (standing.value !== undefined) return judgeOrder(standing.value, planned, unit);
  const made = await callShopify(line, CREATE, { order: planned.input }, createSchema);
  if (made.kind !== "ok") return made;
  const { order, userErrors } = made.value.orderCreate;
  if (order === null) return refusalOf(userErrors);
  return judgeOrder(order, planned, unit);
}

/** Ours, and of the receipt's total. */
export function judgeOrder(order: Order, { reference, total }: PlannedOrder, unit: MoneyUnit): Outcome<string> {
  if (order.sourceIdentifier !== reference) return { kind: "foreign", detail: "the answer's order is another's" };
  const amount = minorOf(order.originalTotalPriceSet, unit);
  return amount === total
    ? { kind: "ok", value: order.id }
    : { kind: "foreign", detail: `the order under our reference is of ${amount ?? "no amount"}, and the receipt of ${total}` };
}

/** Minor units; undefined: no amount, or one of another currency. */
export function minorOf({ shopMoney }: ShopMoney, { currency, exponent }: MoneyUnit): bigint | undefined {
  const parsed = parseAmount(shopMoney.amount, exponent);
  return parsed.ok && shopMoney.currencyCode === currency ? BigInt(parsed.amount) : undefined;
}
