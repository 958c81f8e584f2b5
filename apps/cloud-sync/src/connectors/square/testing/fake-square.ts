import type { Amount, Decimal } from "@tillsync/sync-protocol";
import { extend } from "../../documents/decimals.ts";
import type { BookedDocument } from "../../testing/vendor-fake/expected-effects.ts";
import { keyMemory } from "../../testing/vendor-fake/key-memory.ts";
import { rulesOf } from "../../testing/vendor-fake/openapi-rules.ts";
import type { FakeOptions, VendorMemory } from "../../testing/vendor-fake/run-scenario.ts";
import { MEMBER, OTHER_MEMBER, POINTS_BEFORE } from "../../testing/vendor-fake/scenarios.ts";
import type { FakeVendor } from "../../testing/vendor-fake/start-vendor-fake.ts";
import type { FakeAnswer, FakeCall } from "../../testing/vendor-fake/vendor-rules.ts";
import type { VirtualClock } from "../../testing/vendor-fake/virtual-clock.ts";

/** Square's records, as its API shows them. */
type Rec = Record<string, unknown>;
interface Money {
  amount: number;
  currency: string;
}

const WINDOW_MS = 86_400_000;
const MEMBERS: Readonly<Record<string, { customer: string; account: string }>> = {
  [MEMBER]: { customer: "CUSTOMER1", account: "ACCOUNT1" },
  [OTHER_MEMBER]: { customer: "CUSTOMER2", account: "ACCOUNT2" },
};

/** A gift card whose account bears Square's id, and one that the configuration translates. */
export const GIFT_ID = "gftc:aaaa";
export const GIFT_ACCOUNT = "giftBbbbbbbbbbbbbbbbbb";
export const GIFT_TRANSLATED = "gftc:bbbb";
/** Of each gift card, in cents. */
const CREDIT_BEFORE = 10_000;

const refuse = (code: string, status = 400): FakeAnswer => ({
  status,
  body: { errors: [{ category: "INVALID_REQUEST_ERROR", code, detail: "refused by the fake" }] },
});

/** A small Square: orders that are reckoned, payments that complete with their order, refunds, loyalty events, stock changes. */
export function fakeSquare(clock: VirtualClock, { keysIgnored }: FakeOptions): { vendor: FakeVendor; memory: VendorMemory } {
  const orders: Rec[] = [];
  const payments: Rec[] = [];
  const refunds: Rec[] = [];
  const events: Rec[] = [];
  const changes: Rec[] = [];
  const activities: Rec[] = [];
  const keys = keyMemory(clock, WINDOW_MS, keysIgnored);
  const now = (): string => new Date(clock.nowMs()).toISOString();
  const byId = (list: Rec[], id: unknown): Rec | undefined => list.find((one) => one["id"] === id);

  const createOrder = (body: Rec): FakeAnswer => {
    const wish = body["order"] as Rec;
    const total = reckon(wish);
    if (total.amount < 0) return refuse("BAD_REQUEST");
    if (total.currency !== "EUR") return refuse("INVALID_VALUE");
    const order = { ...wish, id: `ORDER${orders.length + 1}`, state: "OPEN", version: 1, created_at: now(), total_money: total };
    orders.push(order);
    return { status: 200, body: { order: structuredClone(order) } };
  };
  const createPayment = (body: Rec): FakeAnswer => {
    const order = byId(orders, body["order_id"]);
    if (order === undefined || order["state"] !== "OPEN") return refuse("BAD_REQUEST");
    const { idempotency_key: _key, source_id: source, autocomplete, ...kept } = body;
    if (autocomplete !== false) return refuse("BAD_REQUEST");
    const payment = { ...kept, id: `PAYMENT${payments.length + 1}`, status: "APPROVED", source_type: source, created_at: now() };
    payments.push(payment);
    return { status: 200, body: { payment: structuredClone(payment) } };
  };
  const payOrder = (body: Rec, id: string): FakeAnswer => {
    const order = byId(orders, id);
    const used = ((body["payment_ids"] as string[] | undefined) ?? []).map((one) => byId(payments, one));
    if (order === undefined || order["state"] !== "OPEN") return refuse("BAD_REQUEST");
    const paid = used.reduce((sum, one) => sum + ((one?.["amount_money"] as Money | undefined)?.amount ?? 0), 0);
    if (used.some((one) => one?.["order_id"] !== id || one["status"] !== "APPROVED")) return refuse("BAD_REQUEST");
    if (paid !== (order["total_money"] as Money).amount) return refuse("BAD_REQUEST");
    for (const one of used) if (one !== undefined) one["status"] = "COMPLETED";
    order["state"] = "COMPLETED";
    order["tenders"] = used.map((one) => ({ id: one?.["id"], type: one?.["source_type"] === "CASH" ? "CASH" : "OTHER" }));
    return { status: 200, body: { order: structuredClone(order) } };
  };
  const refund = (body: Rec): FakeAnswer => {
    const amount = body["amount_money"] as Money;
    const payment = byId(payments, body["payment_id"]);
    if (body["unlinked"] === true ? body["destination_id"] === undefined || body["location_id"] === undefined : payment === undefined)
      return refuse("BAD_REQUEST");
    if (payment !== undefined) {
      const tip = (payment["tip_money"] as Money | undefined)?.amount ?? 0;
      const left = (payment["amount_money"] as Money).amount + tip - ((payment["refunded_money"] as Money | undefined)?.amount ?? 0);
      if (payment["status"] !== "COMPLETED" || amount.amount > left) return refuse("REFUND_AMOUNT_INVALID");
      payment["refunded_money"] = { ...amount, amount: amount.amount + ((payment["refunded_money"] as Money | undefined)?.amount ?? 0) };
    }
    const { reason, unlinked } = body;
    const location_id = body["location_id"] ?? payment?.["location_id"];
    const made = {
      id: `REFUND${refunds.length + 1}`,
      status: "COMPLETED",
      amount_money: amount,
      reason,
      unlinked,
      location_id,
      created_at: now(),
    };
    refunds.push(JSON.parse(JSON.stringify(made)) as Rec);
    return { status: 200, body: { refund: refunds.at(-1) } };
  };
  const adjust = (body: Rec, account: string): FakeAnswer => {
    const event = {
      id: `EVENT${events.length + 1}`,
      type: "ADJUST_POINTS",
      created_at: now(),
      loyalty_account_id: account,
      source: "LOYALTY_API",
      adjust_points: body["adjust_points"],
    };
    events.push(event);
    return { status: 200, body: { event } };
  };
  const changeStock = (body: Rec): FakeAnswer => {
    const made = body["changes"] as { adjustment: Rec }[];
    const isOld = ({ adjustment }: { adjustment: Rec }): boolean => {
      const ageMs = clock.nowMs() - Date.parse(adjustment["occurred_at"] as string);
      return ageMs > 86_400_000 || ageMs < 0;
    };
    if (made.some(isOld)) return refuse("INVALID_TIME");
    const kept = made.map(({ adjustment }) => ({ type: "ADJUSTMENT", adjustment: { ...adjustment, created_at: now() } }));
    changes.push(...kept);
    return { status: 200, body: { changes: kept, counts: [] } };
  };

  const createActivity = (body: Rec): FakeAnswer => {
    const wish = body["gift_card_activity"] as Rec;
    const card = wish["gift_card_id"] as string;
    if (card !== GIFT_ID && card !== GIFT_TRANSLATED) return refuse("NOT_FOUND", 404);
    const balance = activities.filter((one) => one["gift_card_id"] === card).reduce((sum, one) => sum + moved(one), CREDIT_BEFORE);
    if (balance + moved(wish) < 0) return refuse("INSUFFICIENT_FUNDS");
    const refunded = wish["refund_activity_details"] as Rec | undefined;
    const redeem = byId(activities, refunded?.["redeem_activity_id"]);
    if (refunded !== undefined && (redeem === undefined || redeem["gift_card_id"] !== card)) return refuse("BAD_REQUEST");
    const activity = { ...wish, id: `GCA${activities.length + 1}`, created_at: now() };
    activities.push(activity);
    return { status: 200, body: { gift_card_activity: structuredClone(activity) } };
  };
  const once = (call: FakeCall, act: (body: Rec) => FakeAnswer): FakeAnswer => {
    const body = call.body as Rec;
    const key = `${call.operation} ${body["idempotency_key"] as string}`;
    return keys.once(
      key,
      body,
      () => act(body),
      () => refuse("IDEMPOTENCY_KEY_REUSED"),
    );
  };
  const since = (list: Rec[], from: unknown): Rec[] => list.filter((one) => (one["created_at"] as string) >= (from as string));
  const filterOf = (call: FakeCall): Rec => ((call.body as Rec)["query"] as Rec)["filter"] as Rec;

  const handlers: Readonly<Record<string, (call: FakeCall) => FakeAnswer>> = {
    CreateOrder: (call) => once(call, createOrder),
    CreatePayment: (call) => once(call, createPayment),
    PayOrder: (call) => once(call, (body) => payOrder(body, call.params["order_id"] ?? "")),
    RefundPayment: (call) => once(call, refund),
    AdjustLoyaltyPoints: (call) => once(call, (body) => adjust(body, call.params["account_id"] ?? "")),
    CreateGiftCardActivity: (call) => once(call, createActivity),
    ListGiftCardActivities: (call) =>
      pageOf(
        "gift_card_activities",
        since(activities, call.query.get("begin_time")).filter(
          (one) => one["gift_card_id"] === call.query.get("gift_card_id") && one["type"] === call.query.get("type"),
        ),
        call.query.get("cursor"),
      ),
    BatchChangeInventory: (call) => once(call, changeStock),
    SearchOrders: (call) => {
      const from = ((filterOf(call)["date_time_filter"] as Rec)["created_at"] as Rec)["start_at"];
      return pageOf("orders", since(orders, from), (call.body as Rec)["cursor"]);
    },
    ListPayments: (call) => pageOf("payments", since(payments, call.query.get("begin_time")), call.query.get("cursor")),
    ListPaymentRefunds: (call) => pageOf("refunds", since(refunds, call.query.get("begin_time")), call.query.get("cursor")),
    SearchLoyaltyEvents: (call) => {
      const account = (filterOf(call)["loyalty_account_filter"] as Rec)["loyalty_account_id"];
      return pageOf(
        "events",
        events.filter((one) => one["loyalty_account_id"] === account),
        (call.body as Rec)["cursor"],
      );
    },
    BatchRetrieveInventoryChanges: (call) => pageOf("changes", changes, (call.body as Rec)["cursor"]),
    SearchCustomers: (call) => {
      const wanted = (filterOf(call)["reference_id"] as Rec)["exact"] as string;
      const member = MEMBERS[wanted];
      return { status: 200, body: member === undefined ? {} : { customers: [{ id: member.customer, reference_id: wanted }] } };
    },
    SearchLoyaltyAccounts: (call) => {
      const [wanted] = ((call.body as Rec)["query"] as Rec)["customer_ids"] as string[];
      const found = Object.values(MEMBERS).filter(({ customer }) => customer === wanted);
      const accounts = found.map(({ account, customer }) => ({ id: account, customer_id: customer, program_id: "PROGRAM" }));
      return { status: 200, body: { loyalty_accounts: accounts } };
    },
  };
  const vendor: FakeVendor = {
    rules: rulesOf("square/api.json.gz", { headers: ["square-version"] }),
    answer: (call) => {
      if (call.headers["authorization"] !== "Bearer square-test-token") return refuse("UNAUTHORIZED", 401);
      return handlers[call.operation]?.(call) ?? refuse("NOT_FOUND", 404);
    },
    repeatable: () => true,
    reads: ({ operation }) => /^(Search|List|BatchRetrieve)/.test(operation),
    limited: { status: 429, body: { errors: [{ category: "RATE_LIMIT_ERROR", code: "RATE_LIMITED" }] } },
  };
  return {
    vendor,
    memory: {
      documents: () => [...readDocuments({ orders, payments, refunds, changes }), ...activities.map(readActivity)],
      points: () => readPoints(events),
    },
  };
}

/** Two records a page, so that paging is met. */
function pageOf(name: string, all: readonly Rec[], cursor: unknown): FakeAnswer {
  const from = Number(cursor ?? 0);
  const more = from + 2 < all.length ? { cursor: String(from + 2) } : {};
  return { status: 200, body: { [name]: structuredClone(all.slice(from, from + 2)), ...more } };
}

/** Square's arithmetic as far as it is used: prices by quantities, less discounts, plus charges; taxes are inside. */
function reckon(order: Rec): Money {
  const list = (name: string): Rec[] => (order[name] as Rec[] | undefined) ?? [];
  const lines = list("line_items").map((line) => {
    const price = line["base_price_money"] as Money;
    return { ...price, amount: Number(extend(BigInt(price.amount), line["quantity"] as Decimal).rounded) };
  });
  const of = (name: string): number => list(name).reduce((sum, one) => sum + (one["amount_money"] as Money).amount, 0);
  const sold = lines.reduce((sum, { amount }) => sum + amount, 0);
  return { amount: sold - of("discounts") + of("service_charges"), currency: lines[0]?.currency ?? "EUR" };
}

interface Books {
  readonly orders: readonly Rec[];
  readonly payments: readonly Rec[];
  readonly refunds: readonly Rec[];
  readonly changes: readonly Rec[];
}

/** One document for each reference; what stands twice, half or loose is one more, which nobody expects. */
function readDocuments({ orders, payments, refunds, changes }: Books): BookedDocument[] {
  const books = new Map<string, { total: number; currency: string }>();
  const seen = new Set<string>();
  const odd: BookedDocument[] = [];
  const note = (piece: string, what: string): void => {
    if (seen.has(`${what} ${piece}`)) odd.push({ reference: `${what} ${piece} stands twice`, total: "0" as Amount, currency: "" });
    seen.add(`${what} ${piece}`);
  };
  const add = (reference: string, { amount, currency }: Money, sign: number): void => {
    books.set(reference, { total: (books.get(reference)?.total ?? 0) + sign * amount, currency });
  };
  for (const order of orders) {
    const reference = order["reference_id"] as string;
    note(reference, "order");
    add(reference, order["total_money"] as Money, 1);
    if (order["state"] !== "COMPLETED")
      odd.push({ reference: `${reference} is ${order["state"] as string}`, total: "0" as Amount, currency: "" });
  }
  for (const payment of payments) {
    note(payment["reference_id"] as string, "payment");
    if (payment["status"] !== "COMPLETED") odd.push({ reference: "a loose payment", total: "0" as Amount, currency: "" });
  }
  for (const refund of refunds) {
    const [piece = ""] = (refund["reason"] as string).split(" ");
    note(piece, "refund");
    add(piece.replace(/-f\d+$/, ""), refund["amount_money"] as Money, -1);
  }
  const moves = new Set<string>();
  for (const change of changes) {
    const { reference_id, created_at, catalog_object_id } = change["adjustment"] as Record<string, string>;
    moves.add(`${reference_id} ${created_at} ${catalog_object_id}`);
  }
  for (const move of moves) note(move.split(" ")[0] ?? "", "stock");
  return [...odd, ...[...books].map(([reference, { total, currency }]) => ({ reference, total: String(total) as Amount, currency }))];
}

const detailsOf = (activity: Rec): Rec =>
  (activity["redeem_activity_details"] ?? activity["load_activity_details"] ?? activity["refund_activity_details"]) as Rec;
const moved = (activity: Rec): number => (activity["type"] === "REDEEM" ? -1 : 1) * (detailsOf(activity)["amount_money"] as Money).amount;

function readActivity(activity: Rec): BookedDocument {
  const [reference = ""] = (detailsOf(activity)["reference_id"] as string).split(" ");
  return { reference, total: String(moved(activity)) as Amount, currency: (detailsOf(activity)["amount_money"] as Money).currency };
}

function readPoints(events: readonly Rec[]): Record<string, number> {
  const moved = (account: string): number =>
    events
      .filter((one) => one["loyalty_account_id"] === account)
      .reduce((sum, one) => sum + ((one["adjust_points"] as { points: number }).points ?? 0), POINTS_BEFORE);
  return Object.fromEntries(Object.entries(MEMBERS).map(([member, { account }]) => [member, moved(account)]));
}
