import type { Amount } from "@tillsync/sync-protocol";
import type { BookedDocument } from "../../testing/vendor-fake/expected-effects.ts";
import type { FakeOptions, VendorMemory } from "../../testing/vendor-fake/run-scenario.ts";
import type { FakeVendor } from "../../testing/vendor-fake/start-vendor-fake.ts";
import type { FakeAnswer, FakeCall } from "../../testing/vendor-fake/vendor-rules.ts";
import type { VirtualClock } from "../../testing/vendor-fake/virtual-clock.ts";
import { fakeLedger } from "./fake-ledger.ts";
import {
  deliverFulfilment,
  draftOf,
  fulfilOrder,
  payCollection,
  refundPayment,
  refuse,
  shownOrder,
  type FakeOrder,
} from "./fake-orders.ts";
import { fakeReturns } from "./fake-returns.ts";
import { medusaRules } from "./medusa-rules.ts";

export const SECRET = "sk_medusa-test";
const notFound = refuse(404, "not found");

/** Writes that have no key and no state that would tell a repeat. */
const DOUBLING = new Set(["PostPaymentsIdRefund", "CreditAccount", "DebitAccount"]);

/** A small Medusa with the loyalty plug-in: drafts, orders, payments, fulfilments, returns, store credit. */
export function fakeMedusa(clock: VirtualClock, { blind }: FakeOptions): { vendor: FakeVendor; memory: VendorMemory } {
  let orders: FakeOrder[] = [];
  let made = 0;
  const returns = fakeReturns(() => orders);
  const ledger = fakeLedger(clock, blind);
  const now = (): string => new Date(clock.nowMs()).toISOString();
  const search = (query: URLSearchParams, isDraft: boolean): object[] =>
    blind ? [] : orders.filter((one) => one.is_draft_order === isDraft && one.company.includes(query.get("q") ?? "")).map(shownOrder);
  const withOrder = ({ params }: FakeCall, act: (order: FakeOrder) => FakeAnswer): FakeAnswer => {
    const order = orders.find(({ id }) => id === params["id"]);
    return order === undefined ? notFound : act(order);
  };
  const collections = () => orders.flatMap((order) => order.payment_collections);
  const handlers: Readonly<Record<string, (call: FakeCall) => FakeAnswer>> = {
    GetOrders: ({ query }) => ({ status: 200, body: { orders: search(query, false), count: 0, offset: 0, limit: 50 } }),
    GetDraftOrders: ({ query }) => ({ status: 200, body: { draft_orders: search(query, true), count: 0, offset: 0, limit: 50 } }),
    GetOrdersId: (call) => withOrder(call, (order) => ({ status: 200, body: { order: shownOrder(order) } })),
    GetOrdersIdChanges: (call) => withOrder(call, (order) => ({ status: 200, body: { order_changes: structuredClone(order.changes) } })),
    PostDraftOrders: ({ body }) => {
      made += 1;
      const draft = draftOf(`order_${String(made).padStart(4, "0")}`, body as never);
      orders.push(draft);
      return { status: 200, body: { draft_order: shownOrder(draft) } };
    },
    DeleteDraft: (call) =>
      withOrder(call, ({ id, is_draft_order: isDraft }) => {
        if (!isDraft) return refuse(400, "not a draft");
        orders = orders.filter((one) => one.id !== id);
        return { status: 200, body: { id, object: "draft-order", deleted: true } };
      }),
    ConvertDraft: (call) =>
      withOrder(call, (order) => {
        if (!order.is_draft_order) return refuse(400, `Order ${order.id} is not a draft order`);
        Object.assign(order, { is_draft_order: false, status: "pending" });
        return { status: 200, body: { order: shownOrder(order) } };
      }),
    PostPaymentCollections: ({ body }) => {
      const { order_id: id, amount } = body as { order_id: string; amount: number };
      const order = orders.find((one) => one.id === id);
      if (order === undefined) return notFound;
      const collection = { id: `pay_col_${id}_${order.payment_collections.length}`, status: "not_paid", amount, payments: [] };
      order.payment_collections.push(collection);
      return { status: 200, body: { payment_collection: structuredClone(collection) } };
    },
    DeletePaymentCollectionsId: ({ params }) => {
      for (const order of orders) {
        const at = order.payment_collections.findIndex(({ id }) => id === params["id"]);
        if (at >= 0) order.payment_collections.splice(at, 1);
      }
      return { status: 200, body: { id: params["id"], object: "payment-collection", deleted: true } };
    },
    PostPaymentCollectionsIdMarkAsPaid: ({ params }) => {
      const collection = collections().find(({ id }) => id === params["id"]);
      return collection === undefined ? notFound : payCollection(collection);
    },
    PostPaymentsIdRefund: ({ params, body }) => {
      const payment = collections()
        .flatMap((one) => one.payments)
        .find(({ id }) => id === params["id"]);
      return payment === undefined ? notFound : refundPayment(payment, body as never);
    },
    PostOrdersIdFulfillments: (call) => withOrder(call, (order) => fulfilOrder(order, (call.body as { items: never[] }).items)),
    PostOrdersIdFulfillmentsFulfillment_idMarkAsDelivered: (call) =>
      withOrder(call, (order) => deliverFulfilment(order, call.params["fulfillment_id"] ?? "", now())),
    PostReturns: ({ body }) => returns.begin(body as never),
    PostReturnsIdRequestItems: ({ params, body }) => returns.requestItems(params["id"] ?? "", (body as { items: never[] }).items),
    PostReturnsIdRequest: ({ params }) => returns.request(params["id"] ?? ""),
    DeleteReturnsIdRequest: ({ params }) => returns.callOffRequest(params["id"] ?? ""),
    PostReturnsIdReceive: ({ params }) => returns.receive(params["id"] ?? ""),
    DeleteReturnsIdReceive: ({ params }) => returns.callOffReceive(params["id"] ?? ""),
    PostReturnsIdReceiveItems: ({ params, body }) => returns.receiveItems(params["id"] ?? "", (body as { items: never[] }).items),
    PostReturnsIdReceiveConfirm: ({ params }) => returns.confirm(params["id"] ?? ""),
    FindVariants: ({ query }) => {
      const skus = [...query].flatMap(([name, value]) => (name.startsWith("sku[") && value !== "unknown" ? [value] : []));
      return {
        status: 200,
        body: { variants: skus.map((sku) => ({ id: `variant_${sku}`, sku })), count: skus.length, offset: 0, limit: 40 },
      };
    },
    CreditAccount: ({ params, body }) => ledger.move(params["id"] ?? "", "credit", body),
    DebitAccount: ({ params, body }) => ledger.move(params["id"] ?? "", "debit", body),
    ListTransactions: ledger.list,
  };
  const key = `Basic ${Buffer.from(`${SECRET}:`).toString("base64")}`;
  const vendor: FakeVendor = {
    rules: medusaRules(),
    answer: (call) =>
      call.headers["authorization"] === key
        ? (handlers[call.operation]?.(call) ?? notFound)
        : { status: 401, body: { message: "Unauthorized" } },
    repeatable: ({ operation }) => !DOUBLING.has(operation),
    reads: ({ operation }) => /^(Get|List|Find)/.test(operation),
  };
  return { vendor, memory: { documents: () => remembered(orders), points: ledger.points } };
}

/** What was taken and given back under each reference; what stands twice is listed twice. Drafts are no orders. */
function remembered(all: readonly FakeOrder[]): BookedDocument[] {
  const documents = new Map<string, { total: number; times: number; parts: string[] }>();
  const note = (reference: unknown, amount: number, part: string): void => {
    const one = documents.get(String(reference)) ?? { total: 0, times: 1, parts: [] };
    one.total += Math.round(amount * 100);
    one.times += one.parts.includes(part) ? 1 : 0;
    one.parts.push(part);
    documents.set(String(reference), one);
  };
  for (const order of all.filter((one) => !one.is_draft_order)) {
    const payments = order.payment_collections.flatMap((one) => one.payments);
    const captured = payments.flatMap(({ captures }) => captures).reduce((total, { amount }) => total + amount, 0);
    note(order.metadata["pos_reference"], order.cents < 0 ? order.cents / 100 : captured, String(order.metadata["pos_part"]));
    for (const { amount, note: reference } of payments.flatMap(({ refunds }) => refunds)) note(reference, -amount, `refund of ${order.id}`);
    for (const { metadata, status } of order.returns) note(metadata["pos_reference"], 0, `return of ${order.id}, ${status}`);
  }
  return [...documents].flatMap(([reference, { total, times }]) =>
    Array.from({ length: times }, () => ({ reference, total: String(total) as Amount, currency: "EUR" })),
  );
}
