import { isRetail, type Amount } from "@tillsync/sync-protocol";
import type { DeliveryItem } from "../../connector.ts";
import { planDocuments } from "../../documents/plan-documents.ts";
import { saleParts, sum } from "../../documents/sale-parts.ts";
import { expectedPoints, type BookedDocument } from "../../testing/vendor-fake/expected-effects.ts";
import { rulesOf } from "../../testing/vendor-fake/openapi-rules.ts";
import type { FakeOptions, VendorMemory } from "../../testing/vendor-fake/run-scenario.ts";
import { MEMBER, OTHER_MEMBER, POINTS_BEFORE } from "../../testing/vendor-fake/scenarios.ts";
import type { FakeVendor } from "../../testing/vendor-fake/start-vendor-fake.ts";
import type { FakeAnswer, FakeCall } from "../../testing/vendor-fake/vendor-rules.ts";
import { bookedValues } from "../../testing/vendor-fake/value-item.ts";
import type { VirtualClock } from "../../testing/vendor-fake/virtual-clock.ts";

type Rec = Record<string, unknown>;

export const CAMPAIGN = "camp_club";
const CARDS = [
  { member: MEMBER, customer: "cust_1", voucher: "v_1", code: "CARD1" },
  { member: OTHER_MEMBER, customer: "cust_2", voucher: "v_2", code: "CARD2" },
];

/** A gift card whose account bears the voucher's code, and one that the configuration translates. */
export const GIFT_CODE = "giftAaaaaaaaaaaaaaaaaa";
export const GIFT_ACCOUNT = "giftBbbbbbbbbbbbbbbbbb";
export const GIFT_TRANSLATED = "GIFT-0002";
const GIFTS = [
  { id: "v_g1", code: GIFT_CODE },
  { id: "v_g2", code: GIFT_TRANSLATED },
];
/** Of each gift voucher, in cents. */
export const CREDIT_BEFORE = 10_000;

const notFound: FakeAnswer = { status: 404, body: { code: 404, key: "not_found", message: "Resource not found", object: "error" } };
const refuse = (key: string): FakeAnswer => ({ status: 400, body: { code: 400, key, object: "error" } });

/** A small Voucherify: orders upserted by `source_id`, and a ledger for each card that takes whatever it is told. */
export function fakeVoucherify(clock: VirtualClock, { blind }: FakeOptions): { vendor: FakeVendor; memory: VendorMemory } {
  const orders = new Map<string, Rec>();
  const ledger: { code: string; row: Rec; points: number }[] = [];
  const credits: { code: string; row: Rec; amount: number }[] = [];
  const creditOf = (code: string): number =>
    credits.filter((one) => one.code === code).reduce((total, one) => total + one.amount, CREDIT_BEFORE);
  const now = (): string => new Date(clock.nowMs()).toISOString();
  const balanceOf = (code: string): number =>
    ledger.filter((one) => one.code === code).reduce((total, one) => total + one.points, POINTS_BEFORE);

  const upsert = (body: Rec): FakeAnswer => {
    const source = body["source_id"] as string;
    const items = (body["items"] as Rec[] | undefined) ?? [];
    const known = orders.get(source);
    const amount = items.reduce((total, one) => total + (one["amount"] as number), 0);
    if (body["amount"] !== amount) return refuse("invalid_order");
    const { customer: _customer, ...kept } = body;
    const order = { id: known?.["id"] ?? `ord_${orders.size + 1}`, object: "order", created_at: known?.["created_at"] ?? now(), ...kept };
    orders.set(source, order);
    return { status: 200, body: structuredClone(order) };
  };
  const move = (code: string, body: Rec): FakeAnswer => {
    const card = CARDS.find((one) => one.code === code);
    const points = body["points"] as number;
    if (card === undefined) return notFound;
    if (balanceOf(code) + points < 0) return refuse("not_enough_points");
    const details = { balance: { type: "loyalty_card", object: "balance", points, related_object: { id: card.voucher, type: "voucher" } } };
    const type = points < 0 ? "POINTS_REMOVAL" : "POINTS_ADDITION";
    const row = { id: `vtx_${ledger.length + 1}`, source_id: body["source_id"], reason: body["reason"], created_at: now(), type, details };
    ledger.push({ code, points, row });
    const balance = { points, total: points, balance: balanceOf(code), type: "loyalty_card", object: "balance" };
    return { status: 200, body: { ...balance, related_object: { type: "voucher", id: card.voucher }, operation_type: "MANUAL" } };
  };
  const moveCredit = (code: string, body: Rec): FakeAnswer => {
    const gift = GIFTS.find((one) => one.code === code);
    const amount = body["amount"] as number;
    if (gift === undefined) return notFound;
    if (creditOf(code) + amount < 0) return refuse("invalid_amount");
    const related_object = { id: gift.id, type: "voucher" };
    const details = { balance: { type: "gift_voucher", object: "balance", amount, related_object } };
    const type = amount < 0 ? "CREDITS_REMOVAL" : "CREDITS_ADDITION";
    const row = { id: `vtc_${credits.length + 1}`, source_id: body["source_id"], reason: body["reason"], created_at: now(), type, details };
    credits.push({ code, amount, row });
    const balance = { amount, total: amount, balance: creditOf(code), type: "gift_voucher", object: "balance" };
    return { status: 200, body: { ...balance, related_object, operation_type: "MANUAL" } };
  };
  const handlers: Readonly<Record<string, (call: FakeCall) => FakeAnswer>> = {
    "create-order": ({ body }) => upsert(body as Rec),
    "update-order": ({ params, body }) => {
      const known = orders.get(params["orderId"] ?? "");
      return known === undefined ? notFound : { status: 200, body: structuredClone(Object.assign(known, body)) };
    },
    "get-order": ({ params }) => {
      const known = orders.get(params["orderId"] ?? "");
      return known === undefined || blind ? notFound : { status: 200, body: structuredClone(known) };
    },
    "get-customer": ({ params }) => {
      const card = CARDS.find(({ member }) => member === params["customerId"]);
      return card === undefined ? notFound : { status: 200, body: { id: card.customer, source_id: card.member, object: "customer" } };
    },
    "list-vouchers": ({ query }) => {
      const found = CARDS.filter(({ customer }) => customer === query.get("customer"));
      const vouchers = found.map(({ voucher, code, customer }) => ({
        id: voucher,
        code,
        type: "LOYALTY_CARD",
        campaign_id: query.get("campaign_id") === CAMPAIGN ? CAMPAIGN : "",
        holder_id: customer,
        object: "voucher",
      }));
      return { status: 200, body: { object: "list", data_ref: "vouchers", vouchers, total: vouchers.length } };
    },
    "list-loyalty-card-transactions": ({ params, query }) => {
      const rows = ledger
        .filter(({ code }) => code === params["memberId"] && !blind)
        .map(({ row }) => row)
        .toReversed();
      const from = query.get("starting_after_id") === null ? 0 : rows.findIndex((row) => row["id"] === query.get("starting_after_id")) + 1;
      const data = rows.slice(from, from + 2);
      return { status: 200, body: { object: "list", data_ref: "data", data, has_more: from + 2 < rows.length } };
    },
    "get-voucher": ({ params }) => {
      const gift = GIFTS.find(({ code, id }) => code === params["code"] || id === params["code"]);
      return gift === undefined ? notFound : { status: 200, body: { ...gift, type: "GIFT_VOUCHER", object: "voucher" } };
    },
    "list-voucher-transactions": ({ params, query }) => {
      const rows = credits
        .filter(({ code }) => code === params["code"] && !blind)
        .map(({ row }) => row)
        .toReversed();
      const from = query.get("starting_after_id") === null ? 0 : rows.findIndex((row) => row["id"] === query.get("starting_after_id")) + 1;
      return {
        status: 200,
        body: { object: "list", data_ref: "data", data: rows.slice(from, from + 2), has_more: from + 2 < rows.length },
      };
    },
    "update-voucher-balance": ({ params, body }) => moveCredit(params["code"] ?? "", body as Rec),
    "update-loyalty-card-balance": ({ params, body }) => move(params["memberId"] ?? "", body as Rec),
  };
  const vendor: FakeVendor = {
    rules: rulesOf("voucherify/openapi.json.gz", { partialAnswers: ["get-customer", "list-vouchers"] }),
    answer: (call) => {
      if (call.headers["x-app-token"] !== "voucherify-test" || call.headers["x-app-id"] !== "app") return { status: 401, body: {} };
      return handlers[call.operation]?.(call) ?? notFound;
    },
    // Points and credits have no key: a copy of the request is a second movement, and nobody could tell.
    repeatable: ({ operation }) => operation !== "update-loyalty-card-balance" && operation !== "update-voucher-balance",
    reads: ({ operation }) => /^(get|list)-/.test(operation),
    limited: { status: 429, headers: { "x-rate-limit-remaining": "0", "retry-after": "3" }, body: { code: 429, key: "too_many_requests" } },
  };
  const documents = (): BookedDocument[] => [
    ...credits.map(({ row, amount }) => ({ reference: row["source_id"] as string, total: String(amount) as Amount, currency: "EUR" })),
    ...[...orders.values()].map((order) => ({
      reference: `${order["source_id"] as string}${order["status"] === "CANCELED" ? " cancelled" : ""}`,
      total: String(order["amount"] as number) as Amount,
      currency: (order["metadata"] as { currency: string }).currency,
    })),
  ];
  const points = (): Record<string, number> => Object.fromEntries(CARDS.map(({ member, code }) => [member, balanceOf(code)]));
  return { vendor, memory: { documents, points } };
}

/** Orders are what was sold; those that were taken back stay, cancelled. */
export function expectedAtVoucherify(items: readonly DeliveryItem[]): { documents: BookedDocument[]; points: Record<string, number> } {
  const orders = new Map<string, BookedDocument>();
  for (const document of items.flatMap(planDocuments)) {
    const { sold, returned, extras } = saleParts(document.transaction);
    if (sold.length === 0 && returned.length > 0) continue;
    const total = String(sum(sold.map(({ gross }) => gross)) + sum(extras.map(({ amount }) => amount))) as Amount;
    const of = document.role === "post" ? document.reference : document.of;
    orders.set(of, { reference: document.role === "post" ? of : `${of} cancelled`, total, currency: document.transaction.currency });
  }
  return {
    documents: [...bookedValues(items), ...orders.values()],
    points: expectedPoints(items.filter(({ transaction }) => isRetail(transaction))),
  };
}
