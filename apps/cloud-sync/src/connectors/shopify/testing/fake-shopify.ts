import { parseAmount, type Amount } from "@tillsync/sync-protocol";
import type { BookedDocument } from "../../testing/vendor-fake/expected-effects.ts";
import { executeGraphQl, graphQlRules, loadGraphQlSchema, type RootResolver } from "../../testing/vendor-fake/graphql-rules.ts";
import { keyMemory } from "../../testing/vendor-fake/key-memory.ts";
import type { FakeOptions, VendorMemory } from "../../testing/vendor-fake/run-scenario.ts";
import type { FakeVendor } from "../../testing/vendor-fake/start-vendor-fake.ts";
import type { FakeAnswer, FakeCall } from "../../testing/vendor-fake/vendor-rules.ts";
import type { VirtualClock } from "../../testing/vendor-fake/virtual-clock.ts";
import { fakeStock, type FakeStock } from "./fake-stock.ts";

const SPEC = "shopify/admin_2026-10.json.gz";
const WINDOW_MS = 86_400_000;

interface Bag {
  readonly shopMoney: { readonly amount: string; readonly currencyCode: string };
}
interface LineInput {
  readonly sku: string;
  readonly quantity: number;
  readonly priceSet: Bag;
}
interface OrderInput {
  readonly sourceIdentifier: string;
  readonly currency: string;
  readonly lineItems: readonly LineInput[];
  readonly transactions: readonly { readonly gateway: string; readonly kind: string; readonly status: string; readonly amountSet: Bag }[];
}
interface RefundInput {
  readonly orderId: string;
  readonly note: string;
  readonly refundLineItems: readonly { readonly lineItemId: string; readonly quantity: number }[];
  readonly transactions: readonly { readonly amount: string; readonly parentId?: string }[];
}
interface FakeRefund {
  readonly id: string;
  readonly note: string;
  readonly totalRefundedSet: Bag;
}
interface FakeOrder {
  readonly id: string;
  readonly sourceIdentifier: string;
  readonly originalTotalPriceSet: Bag;
  readonly lineItems: { readonly nodes: { readonly id: string; readonly sku: string; refundableQuantity: number }[] };
  readonly transactions: readonly { readonly id: string; readonly gateway: string; readonly kind: string; readonly status: string }[];
  refunds: FakeRefund[];
}

const cents = (amount: string): bigint => {
  const parsed = parseAmount(amount, 2);
  return parsed.ok ? BigInt(parsed.amount) : 0n;
};
const bagOf = (amount: bigint, currencyCode: string): Bag => {
  const digits = amount.toString().padStart(3, "0");
  return { shopMoney: { amount: `${digits.slice(0, -2)}.${digits.slice(-2)}`, currencyCode } };
};
const refuse = (message: string): { userErrors: object[] } => ({ userErrors: [{ field: ["input"], message }] });

/** A small Shopify: orders whose payments cover them, refunds that need a key, and throttling that says 200. */
export function fakeShopify(clock: VirtualClock, options: FakeOptions): { vendor: FakeVendor; memory: VendorMemory; stock: FakeStock } {
  const { keysIgnored, blind } = options;
  const stock = fakeStock(clock, options);
  const orders: FakeOrder[] = [];
  const keys = keyMemory(clock, WINDOW_MS, keysIgnored);
  const shown = (order: FakeOrder): object => structuredClone(blind ? { ...order, refunds: [] } : order);

  const createOrder = ({ order: wish }: { order: OrderInput }): object => {
    const total = wish.lineItems.reduce((sum, { priceSet, quantity }) => sum + cents(priceSet.shopMoney.amount) * BigInt(quantity), 0n);
    const paid = wish.transactions.reduce((sum, { amountSet }) => sum + cents(amountSet.shopMoney.amount), 0n);
    if (paid !== total) return refuse("payments do not cover the order");
    const n = orders.length + 1;
    const order: FakeOrder = {
      id: `gid://shopify/Order/${n}`,
      sourceIdentifier: wish.sourceIdentifier,
      originalTotalPriceSet: bagOf(total, wish.currency),
      lineItems: {
        nodes: wish.lineItems.map(({ sku, quantity }, at) => ({
          id: `gid://shopify/LineItem/${n}${at}`,
          sku,
          refundableQuantity: quantity,
        })),
      },
      transactions: wish.transactions.map(({ gateway, kind, status }, at) => ({
        id: `gid://shopify/OrderTransaction/${n}${at}`,
        gateway,
        kind,
        status,
      })),
      refunds: [],
    };
    orders.push(order);
    return { order: shown(order), userErrors: [] };
  };
  const createRefund = ({ input }: { input: RefundInput }): object => {
    const order = orders.find(({ id }) => id === input.orderId);
    if (order === undefined) return refuse("no such order");
    const wanted = input.refundLineItems.map(({ lineItemId, quantity }) => ({
      item: order.lineItems.nodes.find(({ id }) => id === lineItemId),
      quantity,
    }));
    if (wanted.some(({ item, quantity }) => item === undefined || item.refundableQuantity < quantity))
      return refuse("nothing left to refund");
    if (input.transactions.some(({ parentId }) => !order.transactions.some(({ id }) => id === parentId))) return refuse("no such payment");
    for (const { item, quantity } of wanted) if (item !== undefined) item.refundableQuantity -= quantity;
    const total = input.transactions.reduce((sum, { amount }) => sum + cents(amount), 0n);
    const currency = order.originalTotalPriceSet.shopMoney.currencyCode;
    const id = `gid://shopify/Refund/${orders.reduce((sum, { refunds }) => sum + refunds.length, 1)}`;
    const refund = { id, note: input.note, totalRefundedSet: bagOf(total, currency) };
    order.refunds.push(refund);
    return { refund, userErrors: [] };
  };
  const withKey = (args: { input: RefundInput }, call: FakeCall): unknown => {
    const { query, variables } = call.body as { query: string; variables: { key?: string } };
    // What the schema does not say and Shopify does: no refund without a key.
    if (!query.includes("@idempotent") || variables.key === undefined) throw new Error("the idempotency key is missing");
    const conflict = (): FakeAnswer => ({ status: 200, body: refuse("IDEMPOTENCY_KEY_PARAMETER_MISMATCH") });
    return keys.once(variables.key, variables, () => ({ status: 200, body: createRefund(args) }), conflict).body;
  };
  const roots: Readonly<Record<string, RootResolver>> = {
    orders: ({ query }: { query: string }) => ({
      nodes: orders.filter(({ sourceIdentifier }) => !blind && query === `source_identifier:"${sourceIdentifier}"`).map(shown),
    }),
    order: ({ id }: { id: string }) => {
      const order = orders.find((one) => one.id === id);
      return order === undefined ? null : shown(order);
    },
    orderCreate: createOrder,
    refundCreate: withKey,
    ...stock.roots,
  };
  const schema = loadGraphQlSchema(SPEC);
  const vendor: FakeVendor = {
    rules: graphQlRules(schema, "/admin/api/2026-10/graphql.json"),
    answer: (call) =>
      call.headers["x-shopify-access-token"] === "shpat_shopify-test"
        ? executeGraphQl(schema, roots, call)
        : { status: 401, body: { errors: "[API] Invalid API key or access token" } },
    repeatable: ({ operation }) => operation !== "CreateOrder",
    reads: ({ operation }) => /^(Find|Read)/.test(operation),
    limited: {
      status: 200,
      body: {
        errors: [{ message: "Throttled", extensions: { code: "THROTTLED" } }],
        extensions: {
          cost: { requestedQueryCost: 100, throttleStatus: { maximumAvailable: 2_000, currentlyAvailable: 20, restoreRate: 100 } },
        },
      },
    },
  };
  return { vendor, memory: { documents: () => [...readDocuments(orders), ...stock.documents()], points: () => ({}) }, stock };
}

/** One document for each reference: what was sold less what was refunded under it. What stands twice is one more. */
function readDocuments(orders: readonly FakeOrder[]): BookedDocument[] {
  const books = new Map<string, { total: bigint; currency: string }>();
  const seen = new Set<string>();
  const odd: BookedDocument[] = [];
  const add = (what: string, reference: string, { shopMoney: { amount, currencyCode } }: Bag): void => {
    if (seen.has(`${what} ${reference}`)) odd.push({ reference: `${what} ${reference} stands twice`, total: "0" as Amount, currency: "" });
    seen.add(`${what} ${reference}`);
    const signed = what === "order" ? cents(amount) : -cents(amount);
    books.set(reference, { total: (books.get(reference)?.total ?? 0n) + signed, currency: currencyCode });
  };
  for (const order of orders) {
    add("order", order.sourceIdentifier, order.originalTotalPriceSet);
    for (const { note, totalRefundedSet } of order.refunds) add("refund", note, totalRefundedSet);
  }
  return [...odd, ...[...books].map(([reference, { total, currency }]) => ({ reference, total: total.toString() as Amount, currency }))];
}
