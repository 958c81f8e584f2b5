import { afterEach, describe, expect, test } from "vitest";
import type { ConnectorSession, DeliveryItem, SendContext } from "../connector.ts";
import { noContext, testPorts } from "../testing/context.ts";
import { makeScenarios } from "../testing/vendor-fake/scenarios.ts";
import { startVendorFake, type VendorServer } from "../testing/vendor-fake/start-vendor-fake.ts";
import type { FakeAnswer, FakeCall } from "../testing/vendor-fake/vendor-rules.ts";
import { virtualClock } from "../testing/vendor-fake/virtual-clock.ts";
import { shopifyConfigSchema } from "./manifest.ts";
import { REFUNDS_MAX } from "./orders.ts";
import { shopify } from "./shopify.ts";
import { PART_LEVELS_MAX, planStock } from "./stock/plan-stock.ts";
import { revised, stockItem } from "./testing/stock-item.ts";

const NOW = Date.UTC(2026, 10, 20, 9);
const access = { url: "https://shop.example", secret: "shpat_1234567890", currency: "EUR" };
const mapping = { version: 1, stores: { "9": "Store 9" }, tenders: { "*": "cash" }, taxes: { "*": "VAT" } };
const config = shopifyConfigSchema.parse({ ...access, mapping, stock: { locations: { "9": "77" } } });
const lastOf = (name: string): DeliveryItem =>
  makeScenarios(NOW)
    .find((one) => one.name === name)!
    .items.at(-1)!;

test("a return without a sale is refused with a code that tells a person what to do", () => {
  expect(shopify.map(lastOf("a return without a receipt"), config)).toEqual({
    kind: "rejected",
    detail: expect.stringContaining("(destination.return-without-sale)") as string,
  });
});

test("a receipt in another currency than the shop's is refused before anything is sent", () => {
  const item = lastOf("a sale");
  const dollars = { ...item, transaction: { ...item.transaction, currency: "USD" } as DeliveryItem["transaction"] };
  expect(shopify.map(dollars, config)).toEqual({ kind: "rejected", detail: "the shop is in EUR, and the receipt is not" });
});

describe("goods that moved without a sale", () => {
  const levelsOf = (item: DeliveryItem, of = config): unknown => {
    const planned = planStock(item, of);
    return planned.kind === "stock" ? planned.parts.map(({ levels }) => levels) : planned.kind;
  };

  test("whole units of one article add up; weights and what comes to nothing are left out", () => {
    const items = [
      ["apple", "3"],
      ["ham", "0.305"],
      ["apple", "4"],
      ["mug", "2"],
      ["mug", "-2"],
    ] as const;
    expect(levelsOf(stockItem({ sequence: "1", kind: "receiving", items }))).toEqual([[{ sku: "apple", quantity: 7 }]]);
    expect(levelsOf(stockItem({ sequence: "1", kind: "receiving", items: [["ham", "0.305"]] }))).toBe("nothing");
    expect(levelsOf(stockItem({ sequence: "1", kind: "waste", items, status: "cancelled" }))).toBe("nothing");
  });

  test("a count of nothing is a count", () => {
    expect(levelsOf(stockItem({ sequence: "1", kind: "count", items: [["apple", "0"]] }))).toEqual([[{ sku: "apple", quantity: 0 }]]);
  });

  test("a correction moves the difference, a count is counted anew, and one cannot become the other", () => {
    const moved = stockItem({ sequence: "1", kind: "receiving", items: [["apple", "12"]] });
    const found = stockItem({ sequence: "1", kind: "count", items: [["apple", "12"]] });
    expect(levelsOf(revised(moved, { sequence: "1", kind: "receiving", items: [["apple", "10"]] }))).toEqual([
      [{ sku: "apple", quantity: -2 }],
    ]);
    expect(levelsOf(revised(moved, { sequence: "1", kind: "receiving", items: [["apple", "12"]] }))).toBe("nothing");
    expect(levelsOf(revised(found, { sequence: "1", kind: "count", items: [["apple", "10"]] }))).toEqual([
      [{ sku: "apple", quantity: 10 }],
    ]);
    expect(levelsOf(revised(moved, { sequence: "1", kind: "count", items: [["apple", "10"]] }))).toBe("rejected");
  });

  test.each([
    [PART_LEVELS_MAX, 1],
    [PART_LEVELS_MAX + 1, 2],
  ])("%i articles go in %i requests, each under a reference of its own", (articles, requests) => {
    const items = Array.from({ length: articles }, (_, at) => [`sku-${at}`, "1"] as const);
    const planned = planStock(stockItem({ sequence: "1", kind: "receiving", items }), config);
    const parts = planned.kind === "stock" ? planned.parts : [];
    expect(parts).toHaveLength(requests);
    expect(new Set(parts.map(({ reference }) => reference)).size).toBe(requests);
    expect(parts.flatMap(({ levels }) => levels)).toHaveLength(articles);
  });

  test("receipts move stock where that is wished, with a void what it takes back, and never otherwise", () => {
    const wished = { ...config, stock: { journal: "tillsync_stock", locations: { "9": "77" }, receipts: true } };
    expect(levelsOf(lastOf("an exchange"), wished)).toEqual([
      [
        { sku: "mug", quantity: 1 },
        { sku: "pot", quantity: -1 },
      ],
    ]);
    expect(levelsOf(lastOf("a post-void of a member's sale"), wished)).toEqual([
      [
        { sku: "coffee", quantity: 2 },
        { sku: "mug", quantity: 1 },
      ],
    ]);
    // Only the price was corrected.
    expect(levelsOf(lastOf("a revision of a member's sale"), wished)).toBe("nothing");
    expect(levelsOf(lastOf("an exchange"))).toBe("nothing");
    const mapped = shopify.map(lastOf("an exchange"), wished);
    expect(mapped.kind === "requests" && mapped.requests.map(({ what }) => what)).toEqual([
      "refundCreate",
      "orderCreate",
      "inventoryAdjustQuantities",
    ]);
    const nowhere = { ...wished, stock: { ...wished.stock, locations: {} } };
    expect(shopify.map(lastOf("an exchange"), nowhere)).toMatchObject({ kind: "mapping-missing" });
  });

  test("more than Shopify can hold is refused, and without locations nothing is told", () => {
    expect(levelsOf(stockItem({ sequence: "1", kind: "count", items: [["apple", "1000000000"]] }))).toHaveLength(1);
    expect(levelsOf(stockItem({ sequence: "1", kind: "count", items: [["apple", "1000000001"]] }))).toBe("rejected");
    const item = stockItem({ sequence: "1", kind: "count", items: [["apple", "1"]] });
    expect(levelsOf(item, shopifyConfigSchema.parse({ ...access, mapping }))).toBe("nothing");
  });
});

describe("answers that say less than they seem to", () => {
  const open: { session: ConnectorSession; server: VendorServer }[] = [];
  afterEach(async () => {
    for (const { session, server } of open.splice(0)) {
      await session.close();
      await server.close();
    }
  });
  const sendTo = async (answer: (call: FakeCall) => FakeAnswer, item: DeliveryItem, context: SendContext = noContext) => {
    const server = await startVendorFake(
      {
        rules: {
          judge: ({ path, query, headers, body }) => ({
            kind: "call",
            call: { operation: /\w+ (\w+)/.exec(body)?.[1] ?? path, params: {}, query, headers, body: JSON.parse(body) as unknown },
          }),
          judgeAnswer: () => undefined,
        },
        answer,
        repeatable: () => true,
      },
      virtualClock(),
    );
    const session = shopify.open({ ...config, url: server.url, allowPrivateNetwork: true }, testPorts());
    open.push({ session, server });
    return { result: await session.send(item, context), calls: server.calls };
  };
  const data = (value: object): FakeAnswer => ({ status: 200, body: { data: value } });
  const none = data({ orders: { nodes: [] } });
  const sale = lastOf("a sale");
  const money = (amount: string, currencyCode = "EUR") => ({ shopMoney: { amount, currencyCode } });
  const orderOf = (item: DeliveryItem, more: object = {}): object => ({
    id: "gid://shopify/Order/1",
    sourceIdentifier: item.identity,
    originalTotalPriceSet: money("12.50"),
    lineItems: { nodes: [] },
    transactions: [],
    refunds: [],
    ...more,
  });

  test("an order of the same amount in another currency is not ours", async () => {
    const found = orderOf(sale, { originalTotalPriceSet: money("12.50", "USD") });
    expect((await sendTo(() => data({ orders: { nodes: [found] } }), sale)).result).toMatchObject({ kind: "foreign" });
  });

  test("an error beside something that was done is uncertain, one alone is a refusal", async () => {
    const errors = [{ message: "a field failed" }];
    const answer = (made: object | null) => (call: FakeCall) =>
      call.operation === "FindOrder" ? none : { status: 200, body: { data: { orderCreate: made }, errors } };
    expect((await sendTo(answer({ order: null, userErrors: [] }), sale)).result).toMatchObject({ kind: "uncertain" });
    expect((await sendTo(answer(null), sale)).result).toMatchObject({ kind: "rejected" });
  });

  test("neither an order nor an error proves nothing", async () => {
    const answer = (call: FakeCall): FakeAnswer =>
      call.operation === "FindOrder" ? none : data({ orderCreate: { order: null, userErrors: [] } });
    expect((await sendTo(answer, sale)).result).toMatchObject({ kind: "uncertain" });
  });

  test("an address that leads to no shop is the set-up's, and parks no receipt", async () => {
    expect((await sendTo(() => ({ status: 404, body: { errors: "Not Found" } }), sale)).result).toMatchObject({ kind: "set-up" });
  });

  const back = lastOf("a return that names its sale and gives points back");
  const known: SendContext = { vendorIdOf: () => Promise.resolve("gid://shopify/Order/1") };
  const refund = { id: "gid://shopify/Refund/1", note: back.identity, totalRefundedSet: money("15.00") };

  test("a key that failed gives way to the next one; one that is under way is waited for", async () => {
    const words = (message: string): FakeAnswer => data({ refundCreate: { refund: null, userErrors: [{ field: null, message }] } });
    const keys: unknown[] = [];
    const answer = (call: FakeCall): FakeAnswer => {
      if (call.operation === "ReadOrder") return data({ order: orderOf(back) });
      keys.push((call.body as { variables: { key: string } }).variables.key);
      return keys.length === 1
        ? words("An earlier try with this idempotency key failed")
        : data({ refundCreate: { refund, userErrors: [] } });
    };
    expect((await sendTo(answer, back, known)).result).toMatchObject({ kind: "delivered", vendorId: refund.id });
    expect(keys).toEqual([back.identity, `${back.identity}-2`]);
    const busy = (call: FakeCall): FakeAnswer =>
      call.operation === "ReadOrder" ? data({ order: orderOf(back) }) : words("The request is currently in progress");
    expect((await sendTo(busy, back, known)).result).toMatchObject({ kind: "theirs" });
  });

  test.each([
    [REFUNDS_MAX - 1, "delivered"],
    [REFUNDS_MAX, "rejected"],
  ])("an order with %i refunds of others: %s", async (others, kind) => {
    const refunds = Array.from({ length: others }, (_, at) => ({ ...refund, id: `r${at}`, note: `other ${at}` }));
    const answer = (call: FakeCall): FakeAnswer =>
      call.operation === "ReadOrder" ? data({ order: orderOf(back, { refunds }) }) : data({ refundCreate: { refund, userErrors: [] } });
    const { result, calls } = await sendTo(answer, back, known);
    expect(result).toMatchObject({ kind });
    expect(calls.some(({ operation }) => operation === "CreateRefund")).toBe(kind === "delivered");
  });
});

test.each([
  [{ url: "http://shop.example" }, "plain http"],
  [{ stock: { locations: { "9": "Berlin" } } }, "number of a location"],
  [{ stock: {} }, "locations"],
  [{ colour: "red" }, "colour"],
])("refuses %o", (extra, about) => {
  const parsed = shopifyConfigSchema.safeParse({ ...access, ...extra });
  expect(JSON.stringify(parsed.error?.issues)).toContain(about);
});
