import { referencedKey, type Amount } from "@tillsync/sync-protocol";
import type { DeliveryItem } from "../../connector.ts";
import { planDocuments } from "../../documents/plan-documents.ts";
import { saleParts, sum } from "../../documents/sale-parts.ts";
import { grandOf, type BookedDocument } from "../../testing/vendor-fake/expected-effects.ts";
import { answerToken, TOKEN, withIssuer } from "../../testing/vendor-fake/issue-tokens.ts";
import { rulesOf } from "../../testing/vendor-fake/openapi-rules.ts";
import type { FakeOptions, VendorMemory } from "../../testing/vendor-fake/run-scenario.ts";
import type { FakeVendor } from "../../testing/vendor-fake/start-vendor-fake.ts";
import type { FakeAnswer, FakeCall } from "../../testing/vendor-fake/vendor-rules.ts";
import type { VirtualClock } from "../../testing/vendor-fake/virtual-clock.ts";
import { applyToOrder, applyToPayment, type Rec } from "./apply-actions.ts";

const STORE = "store-9";
export const CLIENT = { clientId: "till", secret: "commercetools-test" };
const ISSUED = { ...CLIENT, token: "token-of-the-till" };

const rules = () =>
  withIssuer(
    rulesOf("commercetools/openapi.yaml.gz", {
      unions: ["OrderUpdateAction", "PaymentUpdateAction"],
      // Lines of an order bear much that nobody here relies on.
      partialAnswers: [
        "ByProjectKeyOrdersImportPost",
        "ByProjectKeyOrdersOrderNumberByOrderNumberGet",
        "ByProjectKeyOrdersByIDGet",
        "ByProjectKeyOrdersByIDPost",
      ],
    }),
    "/oauth/token",
  );

const refuse = (status: number, code: string, more: Rec = {}): FakeAnswer => ({
  status,
  body: { statusCode: status, message: code, errors: [{ code, message: code, ...more }] },
});
const notFound = refuse(404, "ResourceNotFound");

/** A small commercetools: unique order numbers and payment keys, versions, payments and returns. */
export function fakeCommercetools(clock: VirtualClock, { blind, keysIgnored }: FakeOptions): { vendor: FakeVendor; memory: VendorMemory } {
  const orders = new Map<string, Rec>();
  const payments = new Map<string, Rec>();
  const now = (): string => new Date(clock.nowMs()).toISOString();
  const base = (id: string): Rec => ({ id, version: 1, createdAt: now(), lastModifiedAt: now() });
  const clone = (status: number, body: Rec): FakeAnswer => ({ status, body: structuredClone(body) });
  const findBy = (records: Map<string, Rec>, field: string, value: unknown): Rec | undefined =>
    [...records.values()].find((one) => one[field] === value);
  const show = (found: Rec | undefined): FakeAnswer => (found === undefined || blind ? notFound : clone(200, found));

  const makePayment = (body: Rec): FakeAnswer => {
    if (!keysIgnored && findBy(payments, "key", body["key"]) !== undefined)
      return refuse(400, "DuplicateField", { field: "key", duplicateValue: body["key"] });
    const transactions = (body["transactions"] as Rec[]).map((one, at) => ({ id: `t${at}`, ...one, amount: typed(one["amount"]) }));
    const payment: Rec = {
      ...base(`pay-${payments.size + 1}`),
      ...body,
      amountPlanned: typed(body["amountPlanned"]),
      paymentStatus: {},
      interfaceInteractions: [],
      transactions,
    };
    payments.set(payment["id"] as string, payment);
    return clone(201, payment);
  };
  const importOrder = (body: Rec): FakeAnswer => {
    if (!keysIgnored && findBy(orders, "orderNumber", body["orderNumber"]) !== undefined)
      return refuse(400, "DuplicateField", { field: "orderNumber", duplicateValue: body["orderNumber"] });
    if ((body["store"] as Rec)["key"] !== STORE) return refuse(400, "ReferencedResourceNotFound");
    const named = ((body["paymentInfo"] as { payments: Rec[] } | undefined)?.payments ?? []).map(({ id }) => id as string);
    if (!named.every((id) => payments.has(id))) return refuse(400, "ReferencedResourceNotFound");
    const id = `order-${orders.size + 1}`;
    const line = (one: Rec, at: number): Rec => ({ id: `${id}-l${at}`, ...one });
    const order: Rec = {
      ...base(id),
      ...body,
      totalPrice: typed(body["totalPrice"]),
      lineItems: (body["lineItems"] as Rec[]).map(line),
      customLineItems: (body["customLineItems"] as Rec[]).map((one, at) => line(one, at + 500)),
      origin: "Customer",
      shipping: [],
      shippingMode: "Single",
      syncInfo: [],
      refusedGifts: [],
    };
    orders.set(id, order);
    return clone(201, order);
  };
  const update = (found: Rec | undefined, body: Rec, apply: (record: Rec, action: Rec, at: string) => string | undefined): FakeAnswer => {
    if (found === undefined) return notFound;
    if (body["version"] !== found["version"]) return refuse(409, "ConcurrentModification");
    const draft = structuredClone(found);
    const wrong = (body["actions"] as Rec[]).map((action) => apply(draft, action, now())).find((one) => one !== undefined);
    if (wrong !== undefined) return refuse(400, "InvalidOperation", { detail: wrong });
    Object.assign(found, draft, { version: (found["version"] as number) + 1, lastModifiedAt: now() });
    return clone(200, found);
  };
  const handlers: Readonly<Record<string, (call: FakeCall) => FakeAnswer>> = {
    ByProjectKeyPaymentsPost: ({ body }) => makePayment(body as Rec),
    ByProjectKeyOrdersImportPost: ({ body }) => importOrder(body as Rec),
    ByProjectKeyPaymentsKeyByKeyGet: ({ params }) => show(findBy(payments, "key", params["key"])),
    ByProjectKeyOrdersOrderNumberByOrderNumberGet: ({ params }) => show(findBy(orders, "orderNumber", params["orderNumber"])),
    ByProjectKeyOrdersByIDGet: ({ params }) => show(orders.get(params["ID"] ?? "")),
    ByProjectKeyOrdersByIDPost: ({ params, body }) => update(orders.get(params["ID"] ?? ""), body as Rec, applyToOrder),
    ByProjectKeyPaymentsByIDPost: ({ params, body }) => update(payments.get(params["ID"] ?? ""), body as Rec, applyToPayment),
  };
  const vendor: FakeVendor = {
    rules: rules(),
    answer: (call) => {
      if (call.operation === TOKEN) return answerToken(call, ISSUED);
      if (call.headers["authorization"] !== `Bearer ${ISSUED.token}`) return refuse(401, "invalid_token");
      return handlers[call.operation]?.(call) ?? notFound;
    },
    // Keys, order numbers and versions tell a repeat.
    repeatable: () => true,
    reads: ({ operation }) => operation === TOKEN || operation.endsWith("Get"),
  };
  const documents = (): BookedDocument[] => remembered([...orders.values()], [...payments.values()]);
  return { vendor, memory: { documents, points: () => ({}) } };
}

const typed = (money: unknown): Rec => ({ type: "centPrecision", fractionDigits: 2, ...(money as Rec) });

const booked = (reference: string, total: bigint | number): BookedDocument => ({
  reference,
  total: String(total) as Amount,
  currency: "EUR",
});

/** Orders by number, the money of each document, and goods that came back, in units. */
function remembered(orders: readonly Rec[], payments: readonly Rec[]): BookedDocument[] {
  const money = new Map<string, number>();
  for (const payment of payments) {
    const of = (payment["key"] as string).replace(/-[pf]\d+$/, "");
    for (const { type, amount } of payment["transactions"] as { type: string; amount: { centAmount: number } }[])
      money.set(of, (money.get(of) ?? 0) + (type === "Charge" ? amount.centAmount : -amount.centAmount));
  }
  return [
    ...orders.map((order) =>
      booked(
        `${order["orderNumber"] as string}${order["orderState"] === "Cancelled" ? " cancelled" : ""}`,
        (order["totalPrice"] as { centAmount: number }).centAmount,
      ),
    ),
    ...[...money].map(([of, total]) => booked(`${of} money`, total)),
    ...orders.flatMap((order) =>
      ((order["returnInfo"] as { returnTrackingId: string; items: Rec[] }[] | undefined) ?? []).flatMap(({ returnTrackingId, items }) =>
        items.map((one) =>
          booked(`${returnTrackingId} back${one["paymentState"] === "NotRefunded" ? " taken back" : ""}`, one["quantity"] as number),
        ),
      ),
    ),
  ];
}

/** One order for what was sold, money that sums to the receipt's total, goods that came back. */
export function expectedAtCommercetools(items: readonly DeliveryItem[]): { documents: BookedDocument[]; points: Record<string, number> } {
  const documents = new Map<string, BookedDocument[]>();
  for (const document of items.flatMap(planDocuments)) {
    const { role, transaction } = document;
    const isPost = role === "post";
    const of = isPost ? document.reference : document.of;
    const { sold, returned, extras } = saleParts(transaction);
    const total = sum(sold.map(({ gross }) => gross)) + sum(extras.map(({ amount }) => amount));
    const back = returned.filter(({ line }) => line.returnOf !== undefined && referencedKey(line.returnOf) !== undefined);
    documents.set(of, [
      ...(sold.length === 0 && returned.length > 0 ? [] : [booked(`${of}${isPost ? "" : " cancelled"}`, total)]),
      booked(`${of} money`, isPost ? BigInt(grandOf(transaction)) : 0n),
      ...back.map(({ quantity }) => booked(`${of} back${isPost ? "" : " taken back"}`, Number(quantity))),
    ]);
  }
  return { documents: [...documents.values()].flat(), points: {} };
}
