import { formatAmount, parseAmount, referencedKey, type Amount } from "@tillsync/sync-protocol";
import type { DeliveryItem } from "../../connector.ts";
import { planDocuments } from "../../documents/plan-documents.ts";
import { saleParts, sum, type GoodsLine } from "../../documents/sale-parts.ts";
import { expectedPoints, type BookedDocument } from "../../testing/vendor-fake/expected-effects.ts";
import { keyMemory } from "../../testing/vendor-fake/key-memory.ts";
import { rulesOf } from "../../testing/vendor-fake/openapi-rules.ts";
import type { FakeOptions, VendorMemory } from "../../testing/vendor-fake/run-scenario.ts";
import { MEMBER, OTHER_MEMBER, POINTS_BEFORE } from "../../testing/vendor-fake/scenarios.ts";
import type { FakeVendor } from "../../testing/vendor-fake/start-vendor-fake.ts";
import type { FakeAnswer, FakeCall } from "../../testing/vendor-fake/vendor-rules.ts";
import type { VirtualClock } from "../../testing/vendor-fake/virtual-clock.ts";

type Rec = Record<string, unknown>;
interface CartItem {
  readonly sku: string;
  readonly quantity: number;
  readonly price: number;
  returnedQuantity?: number;
}
interface Returned {
  readonly position: number;
  readonly sku: string;
  readonly quantity: number;
}

const MEMBERS = [MEMBER, OTHER_MEMBER];
const notFound: FakeAnswer = { status: 404, body: { message: "Not found", StatusCode: 404 } };
const refuse = (message: string): FakeAnswer => ({ status: 400, body: { message } });

/** How long a return's key is remembered. */
const WINDOW_MS = 86_400_000;

/** A small Talon.One: sessions whose states move one way, returns, and a ledger that takes whatever it is told. */
export function fakeTalonOne(
  clock: VirtualClock,
  { blind, keysIgnored }: FakeOptions,
  isHidden: (id: string) => boolean = () => false,
): { vendor: FakeVendor; memory: VendorMemory } {
  const sessions = new Map<string, Rec>();
  const keys = keyMemory(clock, WINDOW_MS, keysIgnored);
  const ledger: { member: string; points: number; row: Rec }[] = [];
  const now = (): string => new Date(clock.nowMs()).toISOString();
  const balanceOf = (member: string): number =>
    ledger.filter((one) => one.member === member).reduce((total, one) => total + one.points, POINTS_BEFORE);

  const update = (id: string, body: Rec): FakeAnswer => {
    const wish = body["customerSession"] as Rec;
    const known = sessions.get(id);
    const moves = [undefined, "open"].includes(known?.["state"] as string | undefined) || wish["state"] === "cancelled";
    if (!moves) return refuse("the session's state does not allow this");
    const session = {
      ...emptySession(id, sessions.size + 1, now()),
      ...known,
      ...wish,
      ...(wish["cartItems"] === undefined ? {} : totalsOf(wish["cartItems"] as CartItem[])),
    };
    sessions.set(id, session);
    return { status: 200, body: { createdCoupons: [], createdReferrals: [], effects: [], customerSession: structuredClone(session) } };
  };
  const giveBack = (id: string, body: Rec): FakeAnswer => {
    const session = sessions.get(id);
    if (session === undefined) return notFound;
    if (session["state"] !== "closed" && session["state"] !== "partially_returned") return refuse("nothing can be returned");
    const items = structuredClone(session["cartItems"]) as CartItem[];
    for (const { position, sku, quantity } of (body["return"] as { returnedCartItems: Returned[] }).returnedCartItems) {
      const item = items[position];
      if (item === undefined || item.sku !== sku) return refuse("no such cart item");
      item.returnedQuantity = (item.returnedQuantity ?? 0) + quantity;
      if (item.returnedQuantity > item.quantity) return refuse("more than is left");
    }
    const returned = { ...session, state: "partially_returned", cartItems: items, ...totalsOf(items) };
    sessions.set(id, returned);
    return { status: 200, body: { createdCoupons: [], createdReferrals: [], effects: [], customerSession: structuredClone(returned) } };
  };
  const returnOnce = ({ params, headers, body }: FakeCall): FakeAnswer => {
    const id = params["customerSessionId"] ?? "";
    const act = (): FakeAnswer => giveBack(id, body as Rec);
    return keys.once(String(headers["idempotency-key"]), [id, body], act, () => refuse("the key is another request's"));
  };
  const move = (member: string, points: number, body: Rec): FakeAnswer => {
    if (!MEMBERS.includes(member)) return notFound;
    if (balanceOf(member) + points < 0) return refuse("not enough points");
    const row = {
      id: ledger.length + 1,
      transactionUUID: `00000000-0000-4000-8000-${String(ledger.length + 1).padStart(12, "0")}`,
      created: now(),
      programId: 7,
      type: points < 0 ? "subtraction" : "addition",
      name: body["name"],
      startDate: "immediate",
      expiryDate: "unlimited",
      subledgerId: "",
      amount: Math.abs(points),
    };
    ledger.push({ member, points, row });
    return { status: 204 };
  };
  const pointsOf = (body: unknown): number => (body as { points: number }).points;
  const handlers: Readonly<Record<string, (call: FakeCall) => FakeAnswer>> = {
    getCustomerSession: ({ params }) => {
      const session = sessions.get(params["customerSessionId"] ?? "");
      return session === undefined || blind || isHidden(params["customerSessionId"] ?? "")
        ? notFound
        : { status: 200, body: { customerSession: structuredClone(session), effects: [] } };
    },
    returnCartItems: returnOnce,
    updateCustomerSessionV2: ({ params, body }) => update(params["customerSessionId"] ?? "", body as Rec),
    getLoyaltyProgramProfileTransactions: ({ params, query }) => {
      const all = ledger.filter(({ member }) => member === params["integrationId"] && !blind).map(({ row }) => row);
      const from = Number(query.get("skip"));
      return { status: 200, body: { hasMore: from + 1_000 < all.length, data: all.slice(from, from + 1_000) } };
    },
    addLoyaltyPoints: ({ params, body }) => move(params["integrationId"] ?? "", pointsOf(body), body as Rec),
    removeLoyaltyPoints: ({ params, body }) => move(params["integrationId"] ?? "", -pointsOf(body), body as Rec),
  };
  const vendor: FakeVendor = {
    rules: rulesOf("talon-one/openapi.yaml.gz", { headers: ["idempotency-key"] }),
    answer: (call) => {
      const isManagement = call.operation === "addLoyaltyPoints" || call.operation === "removeLoyaltyPoints";
      const wanted = isManagement ? "ManagementKey-v1 management-test" : "ApiKey-v1 integration-test";
      if (call.headers["authorization"] !== wanted) return { status: 401, body: { message: "Unauthorized" } };
      return handlers[call.operation]?.(call) ?? notFound;
    },
    // Points have no key: a copy of the request is a second movement, and nobody could tell.
    repeatable: ({ operation }) => !operation.endsWith("LoyaltyPoints"),
    reads: ({ operation }) => operation.startsWith("get"),
  };
  const documents = (): BookedDocument[] =>
    [...sessions].map(([id, session]) => {
      const total = parseAmount((session["cartItemTotal"] as number).toFixed(2), 2);
      return {
        reference: `${id}${session["state"] === "closed" ? "" : ` ${session["state"] as string}`}`,
        total: total.ok ? total.amount : ("0" as Amount),
        currency: "EUR",
      };
    });
  return { vendor, memory: { documents, points: () => Object.fromEntries(MEMBERS.map((member) => [member, balanceOf(member)])) } };
}

const emptySession = (integrationId: string, id: number, created: string): Rec => ({
  id,
  created,
  updated: created,
  integrationId,
  applicationId: 1,
  profileId: "",
  state: "open",
  cartItems: [],
  attributes: {},
  firstSession: false,
  updateCount: 1,
  total: 0,
  cartItemTotal: 0,
  additionalCostTotal: 0,
});

/** What is left in the cart, in cents: a vendor's floats are not what is tested here. */
function totalsOf(items: readonly CartItem[]): Rec {
  const cents = items.reduce((total, { price: each, quantity, returnedQuantity = 0 }) => {
    const price = parseAmount(each.toFixed(2), 2);
    return total + (price.ok ? BigInt(price.amount) : 0n) * BigInt(quantity - returnedQuantity);
  }, 0n);
  const total = Number(formatAmount(cents.toString() as Amount, 2));
  return { total, cartItemTotal: total };
}

/**
 * Sessions are what was sold less what came back from them; those that were taken back stay, cancelled. Beside them lie our
 * own of each return, and what a taken back return sold again.
 */
export function expectedAtTalonOne(items: readonly DeliveryItem[]): { documents: BookedDocument[]; points: Record<string, number> } {
  const sessions = new Map<string, { state: string; total: bigint; currency: string }>();
  const soldIn = new Map<string, string>();
  for (const { role, reference, naturalKey, transaction, ...rest } of items.flatMap(planDocuments)) {
    const { sold, returned, extras } = saleParts(transaction);
    const { currency } = transaction;
    const hasSession = sold.length > 0 || returned.length === 0;
    const back = Map.groupBy(returned, ({ line }) => (line.returnOf === undefined ? undefined : referencedKey(line.returnOf)));
    back.delete(undefined);
    const worth = (lines: readonly GoodsLine[]): bigint => sum(lines.map(({ gross }) => gross));
    if (role === "reverse" && "of" in rest) {
      const of = sessions.get(rest.of);
      if (hasSession && of !== undefined) of.state = " cancelled";
      if (back.size > 0) sessions.set(reference, { state: "", total: worth([...back.values()].flat()), currency });
      continue;
    }
    for (const [at, [on = "", lines]] of [...back].entries()) {
      const of = sessions.get(soldIn.get(on) ?? "");
      if (of !== undefined) Object.assign(of, { state: " partially_returned", total: of.total - worth(lines) });
      sessions.set(`${reference}-t${at}`, { state: " cancelled", total: 0n, currency });
    }
    if (!hasSession) continue;
    soldIn.set(naturalKey, reference);
    sessions.set(reference, { state: "", total: worth(sold) + sum(extras.map(({ amount }) => amount)), currency });
  }
  const documents = [...sessions].map(([id, { state, total, currency }]) => ({
    reference: id + state,
    total: String(total) as Amount,
    currency,
  }));
  return { documents, points: expectedPoints(items) };
}
