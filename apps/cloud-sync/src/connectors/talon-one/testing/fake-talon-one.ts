import { formatAmount, parseAmount, type Amount } from "@tillsync/sync-protocol";
import type { DeliveryItem } from "../../connector.ts";
import { planDocuments } from "../../documents/plan-documents.ts";
import { saleParts, sum } from "../../documents/sale-parts.ts";
import { expectedPoints, type BookedDocument } from "../../testing/vendor-fake/expected-effects.ts";
import { rulesOf } from "../../testing/vendor-fake/openapi-rules.ts";
import type { FakeOptions, VendorMemory } from "../../testing/vendor-fake/run-scenario.ts";
import { MEMBER, OTHER_MEMBER, POINTS_BEFORE } from "../../testing/vendor-fake/scenarios.ts";
import type { FakeVendor } from "../../testing/vendor-fake/start-vendor-fake.ts";
import type { FakeAnswer, FakeCall } from "../../testing/vendor-fake/vendor-rules.ts";
import type { VirtualClock } from "../../testing/vendor-fake/virtual-clock.ts";

type Rec = Record<string, unknown>;

const MEMBERS = [MEMBER, OTHER_MEMBER];
const notFound: FakeAnswer = { status: 404, body: { message: "Not found", StatusCode: 404 } };
const refuse = (message: string): FakeAnswer => ({ status: 400, body: { message } });

/** A small Talon.One: sessions whose states move one way, and a ledger that takes whatever it is told. */
export function fakeTalonOne(clock: VirtualClock, { blind }: FakeOptions): { vendor: FakeVendor; memory: VendorMemory } {
  const sessions = new Map<string, Rec>();
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
      ...(wish["cartItems"] === undefined ? {} : totalsOf(wish["cartItems"] as Rec[])),
    };
    sessions.set(id, session);
    return { status: 200, body: { createdCoupons: [], createdReferrals: [], effects: [], customerSession: structuredClone(session) } };
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
      return session === undefined || blind ? notFound : { status: 200, body: { customerSession: structuredClone(session), effects: [] } };
    },
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
    rules: rulesOf("talon-one/openapi.yaml.gz"),
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

/** Sums in cents: a vendor's floats are not what is tested here. */
function totalsOf(items: readonly Rec[]): Rec {
  const cents = items.reduce((total, item) => {
    const price = parseAmount((item["price"] as number).toFixed(2), 2);
    return total + (price.ok ? BigInt(price.amount) : 0n) * BigInt(item["quantity"] as number);
  }, 0n);
  const total = Number(formatAmount(cents.toString() as Amount, 2));
  return { total, cartItemTotal: total };
}

/** Sessions are what was sold; those that were taken back stay, cancelled. */
export function expectedAtTalonOne(items: readonly DeliveryItem[]): { documents: BookedDocument[]; points: Record<string, number> } {
  const sessions = new Map<string, BookedDocument>();
  for (const document of items.flatMap(planDocuments)) {
    const { sold, returned, extras } = saleParts(document.transaction);
    if (sold.length === 0 && returned.length > 0) continue;
    const total = String(sum(sold.map(({ gross }) => gross)) + sum(extras.map(({ amount }) => amount))) as Amount;
    const of = document.role === "post" ? document.reference : document.of;
    sessions.set(of, { reference: document.role === "post" ? of : `${of} cancelled`, total, currency: document.transaction.currency });
  }
  return { documents: [...sessions.values()], points: expectedPoints(items) };
}
