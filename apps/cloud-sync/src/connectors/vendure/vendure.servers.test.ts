import { testServers, type RunningServer } from "@tillsync/test-servers";
import { orderStatuses, transactionSchema, type Transaction } from "@tillsync/sync-protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { noContext, testPorts } from "../testing/context.ts";
import { makeItem } from "../testing/make-item.ts";
import { installServer, named, START_MAX_MS } from "../testing/real-server.ts";
import { receipt } from "../testing/vendor-fake/scenarios.ts";
import { deliveryIdentity } from "../../destinations/delivery-identity.ts";
import type { ConnectorSession, DeliveryItem } from "../connector.ts";
import { vendureConfigSchema } from "./manifest.ts";
import { vendure } from "./vendure.ts";

const server = testServers["vendure"];
if (server === undefined) throw new Error("no test server for Vendure");
const installed = await installServer(server);
const STORE = "0301";
const MILK = "30101";

let running: RunningServer;
const sessions: ConnectorSession[] = [];
function open(extra: object = {}): ConnectorSession {
  const { name: _name, kind: _kind, include: _include, concurrency: _concurrency, ...own } = running.destination;
  const session = vendure.open(vendureConfigSchema.parse({ ...own, ...extra }), testPorts());
  sessions.push(session);
  return session;
}

async function read(query: string, variables: object = {}): Promise<unknown> {
  const headers = { "content-type": "application/json", "vendure-api-key": String(running.facts["apiKey"]) };
  const body = JSON.stringify({ query, variables });
  const answer = await fetch(String(running.facts["url"]), { method: "POST", headers, body, signal: AbortSignal.timeout(20_000) });
  return ((await answer.json()) as { data: unknown }).data;
}

const line = (itemId: string, quantity: string, amount: string, more: object = {}) => ({
  line: 1,
  action: amount.startsWith("-") ? "return" : "sale",
  itemType: "stock",
  itemId,
  quantity: { value: quantity, uom: "EA" },
  extendedAmount: amount,
  ...more,
});

let sequence = 0;
/** A receipt of the store that the server has; each with a number of its own. */
function item(lines: readonly object[], over: Partial<DeliveryItem> = {}): DeliveryItem {
  sequence += 1;
  const made = receipt({ sequence: String(sequence), lines, tenders: [] }, 0);
  const transaction = { ...made.transaction, identity: { ...made.transaction.identity, store: STORE } } as Transaction;
  const naturalKey = `${STORE}/31/2026-11-20/${sequence}`;
  return { ...made, transaction, naturalKey, orderingKey: naturalKey, identity: deliveryIdentity(naturalKey, 1), ...over };
}

const ordersUnder = async ({ identity }: DeliveryItem): Promise<unknown> =>
  read(
    `query ($reference: String!) { orders(options: { filter: { posReference: { eq: $reference } } }) {
      items { state totalWithTax payments { amount refunds { total reason } } } } }`,
    { reference: identity },
  );

describe.skipIf(installed.missing !== undefined)(named("a real Vendure", installed), () => {
  beforeAll(async () => {
    running = await server.start(installed.folder, {});
  }, START_MAX_MS);
  afterAll(async () => {
    await Promise.all(sessions.map((session) => session.close()));
    await running.stop();
  });

  describe("several attempts at once, as when an answer was lost and the request is still at work", () => {
    test("make one order", async () => {
      const sale = item([line(MILK, "3", "1000")]);
      const results = await Promise.all(Array.from({ length: 4 }, () => open().send(sale, noContext)));
      // One that lost the race may be told to come again; none may be told that it is refused.
      for (const { kind } of results) expect(["delivered", "theirs"]).toContain(kind);
      expect(await open().send(sale, noContext)).toMatchObject({ kind: "delivered" });
      expect(await ordersUnder(sale)).toEqual({
        orders: { items: [{ state: "Delivered", totalWithTax: 1_000, payments: [{ amount: 1_000, refunds: [] }] }] },
      });
      expect(await open().lookUp?.(sale, noContext)).toMatchObject({ kind: "found", total: { amount: "1000", currency: "EUR" } });
    });

    test("make one refund and one cancellation", async () => {
      const sale = item([line(MILK, "5", "500")]);
      await open().send(sale, noContext);
      const before = (await onHand(MILK)) ?? 0;
      const back = item([line(MILK, "-1", "-100", { returnOf: sale.transaction.identity })]);
      await Promise.all(Array.from({ length: 4 }, () => open().send(back, noContext)));
      expect(await open().send(back, noContext)).toMatchObject({ kind: "delivered" });
      expect(await ordersUnder(sale)).toMatchObject({
        orders: { items: [{ totalWithTax: 400, payments: [{ amount: 500, refunds: [{ total: 100, reason: back.identity }] }] }] },
      });
      expect(await onHand(MILK)).toBe(before + 1);
    });
  });

  test("goods that Vendure does not have are a conflict for a person: nothing of the order stays", async () => {
    const sale = item([line(MILK, "1", "129", { line: 2 }), line("SCARCE", "7", "7000")]);
    expect(await open().send(sale, noContext)).toMatchObject({ kind: "rejected", detail: expect.stringContaining("INSUFFICIENT_STOCK") });
    expect(await ordersUnder(sale)).toEqual({ orders: { items: [] } });
    expect(await open().lookUp?.(sale, noContext)).toEqual({ kind: "absent" });
    // Found in a count, the goods can be sold by the same item.
    await open().send(countItem("SCARCE", "10", 1), noContext);
    expect(await open().send(sale, noContext)).toMatchObject({ kind: "delivered" });
    expect(await onHand("SCARCE")).toBe(3);
  });

  test("a wrong key is the set-up's fault, though Vendure answers 200", async () => {
    expect(await open({ secret: "0123456789:wrong" }).send(item([line(MILK, "1", "129")]), noContext)).toMatchObject({ kind: "set-up" });
  });

  test("an article and a customer that Vendure lacks are named as such", async () => {
    expect(await open().send(item([line("unheard-of", "1", "129")]), noContext)).toEqual({
      kind: "mapping-missing",
      missing: [{ table: "items", code: "unheard-of" }],
    });
    const { mapping } = running.destination as { mapping: object };
    const nobody = open({ mapping: { ...mapping, customers: { "*": "99999" } } });
    const sale = item([line(MILK, "1", "129")]);
    expect(await nobody.send(sale, noContext)).toMatchObject({ kind: "rejected", detail: expect.stringContaining("USER_INPUT_ERROR") });
    expect(await ordersUnder(sale)).toEqual({ orders: { items: [] } });
  });

  test("a return without a receipt is an order below zero", async () => {
    const back = item([line(MILK, "-1", "-129")]);
    expect(await open().send(back, noContext)).toMatchObject({ kind: "delivered" });
    expect(await open().lookUp?.(back, noContext)).toMatchObject({ kind: "found", total: { amount: "-129" } });
  });

  const COUNTED = "30103";
  function countItem(itemId: string, value: string, tpos: number): DeliveryItem {
    sequence += 1;
    const identity = { store: STORE, workstation: "31", businessDay: "2026-11-20", sequence: String(sequence) };
    const inventory = { kind: "count", items: [{ itemId, quantity: { value, uom: "EA" } }] };
    const transaction = transactionSchema.parse({
      schemaVersion: 1,
      transactionType: "Inventory",
      identity,
      status: "completed",
      inventory,
    });
    const naturalKey = `${STORE}/31/2026-11-20/${sequence}`;
    return makeItem({ transaction, naturalKey, identity: deliveryIdentity(naturalKey, 1), tpos });
  }

  async function onHand(sku: string): Promise<number | undefined> {
    const { productVariants } = (await read(
      `query ($sku: String!) { productVariants(options: { filter: { sku: { eq: $sku } } }) {
      items { stockLevels { stockOnHand stockLocation { name } } } } }`,
      { sku },
    )) as { productVariants: { items: { stockLevels: { stockOnHand: number; stockLocation: { name: string } }[] }[] } };
    return productVariants.items[0]?.stockLevels.find(({ stockLocation }) => stockLocation.name === STORE)?.stockOnHand;
  }

  test("a count sets the store's stock; an older one that comes late or again changes nothing", async () => {
    const session = open();
    const [older, newer] = [countItem(COUNTED, "40", 10), countItem(COUNTED, "55", 11)];
    expect(await session.lookUp?.(older, noContext)).toEqual({ kind: "absent" });
    await session.send(older, noContext);
    expect(await onHand(COUNTED)).toBe(40);
    await session.send(newer, noContext);
    expect(await session.send(older, noContext)).toMatchObject({ kind: "delivered" });
    expect(await onHand(COUNTED)).toBe(55);
    expect(await session.lookUp?.(older, noContext)).toMatchObject({ kind: "found" });
  });

  function stepItem(orderId: string, status: (typeof orderStatuses)[number], goods?: string): DeliveryItem {
    sequence += 1;
    const identity = { store: STORE, workstation: "31", businessDay: "2026-11-20", sequence: String(sequence) };
    const lines = goods === undefined ? {} : { lines: [{ itemId: goods, quantity: { value: "1", uom: "EA" } }] };
    const orderStatus = { orderId, system: "vendure", status, ...lines, at: { local: "2026-11-20T10:00:00", quality: "local" } };
    const transaction = transactionSchema.parse({
      schemaVersion: 1,
      transactionType: "OrderStatus",
      identity,
      status: "completed",
      orderStatus,
    });
    const naturalKey = `${STORE}/31/2026-11-20/${sequence}`;
    return makeItem({ transaction, naturalKey, identity: deliveryIdentity(naturalKey, 1) });
  }

  async function fulfillmentsOf(code: string): Promise<unknown> {
    const { orders } = (await read(
      "query ($code: String!) { orders(options: { filter: { code: { eq: $code } } }) { items { state fulfillments { state } } } }",
      { code },
    )) as { orders: { items: { state: string; fulfillments: { state: string }[] }[] } };
    const [order] = orders.items;
    return [order?.state, (order?.fulfillments ?? []).map(({ state }) => state).toSorted()];
  }

  describe("steps of an order that Vendure has", () => {
    /** An order that is paid, and whose goods are still in the shop. */
    const placeOrder = async (): Promise<string> => {
      const sale = item([line(MILK, "1", "129"), line(COUNTED, "1", "349", { line: 2 })]);
      const result = await open({ fulfil: false }).send(sale, noContext);
      return result.kind === "delivered" ? (result.vendorId ?? "") : JSON.stringify(result);
    };
    const take = async (code: string, status: (typeof orderStatuses)[number], goods?: string): Promise<unknown> => {
      const step = stepItem(code, status, goods);
      const session = open({ orderSystem: "vendure" });
      const results = [await session.send(step, noContext), await session.send(step, noContext)];
      expect(results[1]).toEqual(results[0]);
      if (results[0]?.kind === "delivered")
        expect(await session.lookUp?.(step, noContext)).toMatchObject({ kind: "found", vendorId: code });
      return results[0]?.kind;
    };

    test("picked, shipped, delivered; told late or again, nothing goes back", async () => {
      const code = await placeOrder();
      expect(await take(code, "confirmed")).toBe("nothing");
      expect(await take(code, "picked")).toBe("delivered");
      expect(await fulfillmentsOf(code)).toEqual(["PaymentSettled", ["Pending"]]);
      expect(await take(code, "delivered")).toBe("delivered");
      expect(await take(code, "shipped")).toBe("delivered");
      expect(await fulfillmentsOf(code)).toEqual(["Delivered", ["Delivered"]]);
    });

    test("two parcels, one article each; one comes back", async () => {
      const code = await placeOrder();
      expect(await take(code, "shipped", MILK)).toBe("delivered");
      expect(await fulfillmentsOf(code)).toEqual(["PartiallyShipped", ["Shipped"]]);
      expect(await take(code, "shipped", COUNTED)).toBe("delivered");
      expect(await take(code, "delivered")).toBe("delivered");
      expect(await fulfillmentsOf(code)).toEqual(["Delivered", ["Delivered", "Delivered"]]);
      const before = (await onHand(MILK)) ?? 0;
      expect(await take(code, "returned", MILK)).toBe("delivered");
      expect(await onHand(MILK)).toBe(before + 1);
    });

    test("cancelled before it was picked; then its goods may not move", async () => {
      const code = await placeOrder();
      expect(await take(code, "cancelled")).toBe("delivered");
      expect(await fulfillmentsOf(code)).toEqual(["Cancelled", []]);
      expect(await take(code, "shipped")).toBe("rejected");
    });

    test("an order that Vendure lacks is refused; another system's is left alone", async () => {
      expect(await take("NONE", "shipped")).toBe("rejected");
      expect(await open().send(stepItem("NONE", "shipped"), noContext)).toMatchObject({ kind: "nothing" });
    });
  });
});
