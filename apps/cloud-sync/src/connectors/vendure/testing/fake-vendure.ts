import type { Amount } from "@tillsync/sync-protocol";
import { z } from "zod";
import type { BookedDocument } from "../../testing/vendor-fake/expected-effects.ts";
import type { VendorMemory } from "../../testing/vendor-fake/run-scenario.ts";
import type { FakeVendor } from "../../testing/vendor-fake/start-vendor-fake.ts";
import type { FakeAnswer, FakeCall, VendorRules } from "../../testing/vendor-fake/vendor-rules.ts";
import { vendureConfigSchema, type VendureConfig } from "../manifest.ts";
import { fakeOrders, Gone, Unique, type FakeOrder } from "./fake-orders.ts";

const body = z.object({ operationName: z.string(), query: z.string(), variables: z.record(z.string(), z.unknown()) });
const lineInput = z.object({
  productVariantId: z.string(),
  quantity: z.number().int(),
  customFields: z.object({ posUnitPrice: z.number().int(), posLine: z.string() }),
});
const quantities = z.array(z.object({ orderLineId: z.string(), quantity: z.number().int().min(1) })).min(1);

/** Variables of all operations; each has its own of them. */
const variablesSchema = z.object({
  reference: z.string(),
  references: z.array(z.string()),
  skus: z.array(z.string()),
  shipping: z.string(),
  store: z.string(),
  order: z.string(),
  state: z.string(),
  fulfillmentId: z.string(),
  fields: z.object({
    id: z.string(),
    customFields: z
      .object({ posReference: z.string().nullable(), posReceipt: z.string(), posRevision: z.number().int() })
      .partial({ posReceipt: true, posRevision: true }),
  }),
  payment: z.object({ orderId: z.string(), method: z.literal("till") }),
  cancel: z.object({ orderId: z.string(), lines: quantities, reason: z.string() }),
  refund: z.object({ paymentId: z.string(), amount: z.number().int().min(1), reason: z.string() }),
  fulfillment: z.object({ lines: quantities }),
});
type Variables = z.infer<typeof variablesSchema>;

/** What an Admin API asks of every request. Whether its fields exist is proved against a real Vendure. */
const rules: VendorRules = {
  judge: ({ method, headers, query, body: text }) => {
    const parsed = body.safeParse(JSON.parse(text));
    if (method !== "POST" || headers["vendure-api-key"] !== "key:secret" || !parsed.success)
      return { kind: "violation", detail: `no request of the Admin API: ${method} ${text.slice(0, 200)}` };
    return { kind: "call", call: { operation: parsed.data.operationName, params: {}, query, headers, body: parsed.data.variables } };
  },
  judgeAnswer: () => undefined,
};

/** A Vendure in memory: its orders are those of `fakeOrders`, its articles whatever is asked for. */
export function fakeVendure(options: { unique: boolean }) {
  const orders = fakeOrders(options.unique);
  const list = (items: unknown): object => ({ orders: { items } });
  const operations: Record<string, (variables: Variables, raw: Record<string, unknown>) => unknown> = {
    FindByReference: ({ reference }) => list(orders.all().filter((order) => order.customFields.posReference === reference)),
    FindByReferences: ({ references }) => list(orders.all().filter((order) => references.includes(order.customFields.posReference ?? ""))),
    FindVariants: ({ skus }) => ({
      productVariants: { items: skus.map((sku) => ({ id: `v-${sku}`, sku, customFields: { posCounts: null } })) },
    }),
    FindPlaces: ({ shipping, store }) => ({
      shippingMethods: { items: [{ id: "1", code: shipping }] },
      stockLocations: { items: [{ id: "1", name: store }] },
    }),
    CreateDraft: () => ({ made: { id: orders.create().id } }),
    ReadDraft: ({ order }) => ({ order: orders.find(order) }),
    DeleteDraft: ({ order }) => {
      orders.remove(order);
      return { done: { result: "DELETED" } };
    },
    SetFields: ({ fields: { id, customFields } }) => {
      orders.name(id, customFields);
      return { fields: { id } };
    },
    SetHead: ({ order, fields: { customFields } }) => {
      orders.name(order, customFields);
      return { fields: { id: order }, customer: { __typename: "Order" }, address: { id: order } };
    },
    AddLines: ({ order }, raw) =>
      Object.fromEntries(
        Object.keys(raw)
          .filter((name) => /^i\d+$/.test(name))
          .map((name) => {
            const { productVariantId, quantity, customFields } = lineInput.parse(raw[name]);
            const { posUnitPrice, posLine } = customFields;
            return [`l${name.slice(1)}`, orders.addLine(order, productVariantId.slice(2), quantity, posUnitPrice, posLine)];
          }),
      ),
    SetShipping: ({ order }) => ({ made: orders.find(order) }),
    MoveOrder: ({ order, state }) => ({ made: orders.move(order, state) }),
    AddPayment: ({ payment }) => ({ made: orders.pay(payment.orderId) }),
    CancelLines: ({ cancel: { orderId, lines, reason } }) => ({ made: orders.cancel(orderId, lines, reason) }),
    Refund: ({ refund: { paymentId, amount, reason } }) => ({ made: orders.refund(paymentId, amount, reason) }),
    AddFulfillment: ({ fulfillment: { lines } }) => ({ made: orders.fulfil(lines[0]?.orderLineId ?? "") }),
    Deliver: ({ fulfillmentId }) => ({ shipped: { __typename: "Fulfillment" }, delivered: orders.deliver(fulfillmentId) }),
  };
  const vendor: FakeVendor = {
    rules,
    answer: ({ operation, body: raw }) =>
      answerOf(() => operations[operation]?.(variablesSchema.partial().parse(raw) as Variables, raw as Record<string, unknown>)),
    repeatable: () => true,
    reads: ({ operation }: FakeCall) => operation.startsWith("Find") || operation === "ReadDraft",
  };
  const memory: VendorMemory = { documents: () => documentsOf(orders.all()), points: () => ({}) };
  return { vendor, memory, orders };
}

function answerOf(work: () => unknown): FakeAnswer {
  try {
    return { status: 200, body: { data: structuredClone(work()) } };
  } catch (error) {
    if (error instanceof Unique) return { status: 200, body: { errors: [{ message: `SqliteError: ${error.message}` }], data: null } };
    if (error instanceof Gone)
      return { status: 200, body: { errors: [{ message: "No Order", extensions: { code: "ENTITY_NOT_FOUND" } }], data: null } };
    throw error;
  }
}

/** What stands, in our words: of each reference what was paid, less what was refunded; what stands twice is listed twice. */
function documentsOf(all: readonly FakeOrder[]): BookedDocument[] {
  const parts = all.flatMap((order) => {
    const paid = order.payments.reduce((sum, payment) => sum + payment.amount, 0);
    const refunds = order.payments.flatMap((payment) => payment.refunds);
    const { posReference } = order.customFields;
    return [
      ...(posReference === null ? [] : [{ reference: posReference, kind: "order", total: paid }]),
      ...refunds.map(({ reason, total }) => ({ reference: reason, kind: `refund of ${order.id}`, total: -total })),
    ];
  });
  return [...Map.groupBy(parts, ({ reference }) => reference)].flatMap(([reference, some]) => {
    const total = String(some.reduce((sum, part) => sum + part.total, 0)) as Amount;
    const most = Math.max(...[...Map.groupBy(some, ({ kind }) => kind).values()].map((same) => same.length));
    return Array.from({ length: most }, () => ({ reference, total, currency: "EUR" }));
  });
}

/** A configuration for the fake, whose mapping names everything. */
export const configOf = (url: string, timeoutMs: number, extra: object = {}): VendureConfig =>
  vendureConfigSchema.parse({
    url,
    timeoutMs,
    allowPrivateNetwork: true,
    secret: "key:secret",
    paymentMethod: "till",
    shippingMethod: "carried-out",
    countryCode: "DE",
    mapping: { version: 1, stores: { "*": "S" }, tenders: { "*": "till" }, accounts: { "*": "ADJUST" }, customers: { "*": "1" } },
    ...extra,
  });
