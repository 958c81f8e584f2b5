import { afterEach, describe, expect, test } from "vitest";
import { isRetail } from "@tillsync/sync-protocol";
import type { DeliveryItem, SendResult } from "../connector.ts";
import { noContext, testPorts } from "../testing/context.ts";
import { specsAbsent, vendorSpecs } from "../testing/vendor-fake/load-spec.ts";
import { makeScenarios } from "../testing/vendor-fake/scenarios.ts";
import { startVendorFake } from "../testing/vendor-fake/start-vendor-fake.ts";
import type { FakeAnswer, FakeCall } from "../testing/vendor-fake/vendor-rules.ts";
import { virtualClock } from "../testing/vendor-fake/virtual-clock.ts";
import { square } from "./square.ts";
import { fakeSquare } from "./testing/fake-square.ts";
import { suite } from "./testing/suite.ts";

const NOW = virtualClock().nowMs();
const itemOf = (name: string): DeliveryItem =>
  makeScenarios(NOW)
    .find((one) => one.name === name)!
    .items.at(-1)!;
const sale = itemOf("a sale");
const back = itemOf("a return without a receipt");
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

interface Sent {
  readonly result: SendResult;
  readonly operations: readonly string[];
}

type Body = Record<string, Record<string, unknown>>;
const ok = (body: object): FakeAnswer => ({ status: 200, body });
const money = (amount: number, currency = "EUR"): object => ({ amount, currency });

/** Answers each operation (`POST /v2/orders`) as told; whatever is listed and not told is empty. */
async function sendTo(item: DeliveryItem, answers: Readonly<Record<string, (body: Body) => FakeAnswer>>): Promise<Sent> {
  const server = await startVendorFake(
    {
      rules: {
        judge: ({ method, path, query, headers, body }) => {
          const operation = `${method} ${path.replace(/ORDER|ACCOUNT/, "{id}")}`;
          return { kind: "call", call: { operation, params: {}, query, headers, body: body === "" ? {} : (JSON.parse(body) as unknown) } };
        },
        judgeAnswer: () => undefined,
      },
      answer: ({ operation, body }: FakeCall) => answers[operation]?.(body as Body) ?? ok({}),
      repeatable: () => true,
    },
    virtualClock(),
  );
  const config = { ...suite.config(server.url, 5_000), lines: "ad-hoc" as const };
  const session = square.open(config, testPorts({ nowMs: () => NOW }));
  closing.push(async () => {
    await session.close();
    await server.close();
  });
  const result = await session.send(item, noContext);
  return { result, operations: server.calls.map(({ operation }) => operation) };
}

const order = (over: object = {}) => ({
  order: { id: "ORDER", reference_id: sale.identity, location_id: "LOCATION", state: "OPEN", total_money: money(1_250), ...over },
});
const payment = (over: object = {}) => ({
  id: "PAYMENT",
  reference_id: `${sale.identity}-p0`,
  status: "APPROVED",
  amount_money: money(1_250),
  ...over,
});

test("an order that Square reckons in another currency is not paid", async () => {
  const { result, operations } = await sendTo(sale, { "POST /v2/orders": () => ok(order({ total_money: money(1_250, "USD") })) });
  expect(result).toMatchObject({ kind: "rejected", detail: "Square reckons a total of 1250 USD, and the receipt says 1250 EUR" });
  expect(operations).toEqual(["POST /v2/orders"]);
});

test.each([
  ["of another amount", { amount_money: money(1_249) }],
  ["in another currency", { amount_money: money(1_250, "USD") }],
  ["for another order", { order_id: "ORDER2" }],
])("a payment %s under our reference is not taken for ours, answered or found", async (_name, over) => {
  const answers = {
    "POST /v2/orders": () => ok(order()),
    "POST /v2/payments": () => ok({ payment: payment(over) }),
  };
  expect((await sendTo(sale, answers)).result).toMatchObject({ kind: "foreign" });
  const found = {
    "POST /v2/orders/search": () => ok({ orders: [order().order] }),
    "GET /v2/payments": () => ok({ payments: [payment(over)] }),
  };
  const { result, operations } = await sendTo({ ...sale, replay: true }, found);
  expect(result).toMatchObject({ kind: "foreign" });
  expect(operations.filter((one) => one.startsWith("POST") && !one.endsWith("search"))).toEqual([]);
});

test.each([money(1_249), money(1_250, "USD")])("a refund of %o is not taken for ours, answered or found", async (amount_money) => {
  const refund = { id: "REFUND", status: "COMPLETED", reason: `${back.identity}-f0 return`, amount_money };
  expect((await sendTo(back, { "POST /v2/refunds": () => ok({ refund }) })).result).toMatchObject({ kind: "foreign" });
  const { result, operations } = await sendTo({ ...back, replay: true }, { "GET /v2/refunds": () => ok({ refunds: [refund] }) });
  expect(result).toMatchObject({ kind: "foreign" });
  expect(operations).not.toContain("POST /v2/refunds");
});

describe("points of a return", () => {
  const item = itemOf("a return that names its sale and gives points back");
  const member = (item.transaction as { loyalty?: { memberRef?: string } }).loyalty?.memberRef ?? "";
  const refund = { id: "REFUND", status: "COMPLETED", reason: `${item.identity}-f0 return`, amount_money: money(1_500) };
  const event = (points: number) => ({
    id: "EVENT",
    loyalty_account_id: "ACCOUNT",
    adjust_points: { points, reason: `${item.identity}-b deducted by receipt ${item.naturalKey}` },
  });
  const answers = {
    "POST /v2/customers/search": () => ok({ customers: [{ id: "CUSTOMER", reference_id: member }] }),
    "POST /v2/loyalty/accounts/search": () => ok({ loyalty_accounts: [{ id: "ACCOUNT", customer_id: "CUSTOMER" }] }),
    "POST /v2/refunds": () => ok({ refund }),
  };

  test("are taken back by an adjustment whose reason is our reference and the receipt, and whose key is the reference", async () => {
    let asked: Body = {};
    const adjust = (body: Body): FakeAnswer => ((asked = body), ok({ event: event(-15) }));
    expect((await sendTo(item, { ...answers, "POST /v2/loyalty/accounts/{id}/adjust": adjust })).result).toMatchObject({
      kind: "delivered",
    });
    expect(asked).toEqual({
      idempotency_key: `${item.identity}-b`,
      adjust_points: { points: -15, reason: `${item.identity}-b deducted by receipt ${item.naturalKey}` },
      allow_negative_balance: true,
    });
  });

  test("of another number under our reference are foreign, answered or found", async () => {
    const adjust = (): FakeAnswer => ok({ event: event(15) });
    expect((await sendTo(item, { ...answers, "POST /v2/loyalty/accounts/{id}/adjust": adjust })).result).toMatchObject({ kind: "foreign" });
    const found = { ...answers, "POST /v2/loyalty/events/search": () => ok({ events: [event(-14)] }) };
    const { result, operations } = await sendTo({ ...item, replay: true }, found);
    expect(result).toMatchObject({ kind: "foreign" });
    expect(operations).not.toContain("POST /v2/loyalty/accounts/{id}/adjust");
  });

  test("of a reference that two customers bear are nobody's: nothing is sent", async () => {
    const two = [1, 2].map((n) => ({ id: `CUSTOMER${n}`, reference_id: member }));
    const { result, operations } = await sendTo(item, { ...answers, "POST /v2/customers/search": () => ok({ customers: two }) });
    expect(result).toMatchObject({ kind: "rejected" });
    expect(operations).toEqual(["POST /v2/customers/search"]);
  });
});

test("a 404 is the item's where Square says what it does not find, otherwise the set-up's", async () => {
  const missing = { errors: [{ category: "INVALID_REQUEST_ERROR", code: "NOT_FOUND" }] };
  expect((await sendTo(sale, { "POST /v2/orders": () => ({ status: 404, body: missing }) })).result).toMatchObject({ kind: "rejected" });
  expect((await sendTo(sale, { "POST /v2/orders": () => ({ status: 404, body: {} }) })).result).toMatchObject({ kind: "set-up" });
});

test.skipIf(vendorSpecs === "")(
  `a receipt in a currency that is not the location's is refused, and nothing is paid${specsAbsent}`,
  async () => {
    const clock = virtualClock();
    const { vendor, memory } = fakeSquare(clock, { keysIgnored: false, blind: false });
    const server = await startVendorFake(vendor, clock);
    const session = square.open(suite.config(server.url, 5_000), testPorts({ nowMs: () => clock.nowMs() }));
    closing.push(async () => {
      await session.close();
      await server.close();
    });
    const { transaction } = sale;
    if (!isRetail(transaction)) throw new Error("a sale");
    const dollars = { ...sale, transaction: { ...transaction, currency: "USD" as typeof transaction.currency } };
    expect(await session.send(dollars, noContext)).toMatchObject({
      kind: "rejected",
      detail: expect.stringContaining("INVALID_VALUE") as string,
    });
    expect(memory.documents()).toEqual([]);
  },
);
