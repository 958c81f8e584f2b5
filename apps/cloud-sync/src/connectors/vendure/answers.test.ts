import { afterEach, describe, expect, test } from "vitest";
import { noContext, testPorts } from "../testing/context.ts";
import { behaviours, startReceiver, type Receiver } from "../testing/misbehaving-receiver.ts";
import { startVendorFake, type VendorServer } from "../testing/vendor-fake/start-vendor-fake.ts";
import { makeScenarios } from "../testing/vendor-fake/scenarios.ts";
import type { FakeAnswer } from "../testing/vendor-fake/vendor-rules.ts";
import { virtualClock } from "../testing/vendor-fake/virtual-clock.ts";
import { makeItem } from "../testing/make-item.ts";
import { deliveryIdentity } from "../../destinations/delivery-identity.ts";
import type { DeliveryItem } from "../connector.ts";
import { configOf, fakeVendure } from "./testing/fake-vendure.ts";
import { vendure } from "./vendure.ts";

const clock = virtualClock();
const byName = new Map(makeScenarios(clock.nowMs()).map((scenario) => [scenario.name, scenario.items]));
const itemsNamed = (name: string): readonly DeliveryItem[] => byName.get(name) ?? [];
const [sale = makeItem()] = itemsNamed("a sale");

const open: { close(): Promise<void> }[] = [];
afterEach(async () => void (await Promise.all(open.splice(0).map((one) => one.close()))));

/** A fake with some of its answers replaced; undefined: its own. */
async function startFake(answer: (operation: string) => FakeAnswer | undefined = () => undefined) {
  const fake = fakeVendure({ unique: true });
  const own = fake.vendor;
  const server: VendorServer = await startVendorFake({ ...own, answer: (call) => answer(call.operation) ?? own.answer(call) }, clock);
  const session = vendure.open(configOf(server.url, 2_000), testPorts());
  open.push(session, server);
  return { ...fake, server, session, send: (item: DeliveryItem = sale) => session.send(item, noContext) };
}

const refuse = (name: string, value: object) => (operation: string) =>
  operation === name ? { status: 200, body: { data: value } } : undefined;
const fail =
  (name: string, message: string, code?: string, status = 200) =>
  (operation: string) =>
    operation === name
      ? { status, body: { errors: [{ message, ...(code === undefined ? {} : { extensions: { code } }) }], data: null } }
      : undefined;

describe("Vendure's errors are classed by whose they are", () => {
  test.each([
    ["a key without rights, at status 200", fail("FindVariants", "You are not currently authorized", "FORBIDDEN"), "set-up"],
    ["a channel that is none", fail("FindVariants", "no channel", "CHANNEL_NOT_FOUND"), "set-up"],
    [
      "custom fields that are not set up",
      fail("FindByReference", 'Cannot query field "posReference"', "GRAPHQL_VALIDATION_FAILED", 400),
      "set-up",
    ],
    ["an address that is no Admin API", () => ({ status: 404, body: {} }), "set-up"],
    ["a customer that is not there", fail("SetHead", "No customer with the id", "USER_INPUT_ERROR"), "rejected"],
    ["a status 422", () => ({ status: 422, body: {} }), "rejected"],
    ["a database that is busy", fail("AddPayment", "SqliteError: database is locked"), "theirs"],
    ["data of another shape", refuse("FindByReference", { orders: [] }), "uncertain"],
    [
      "a payment handler that refuses refunds",
      refuse("Refund", { made: { id: "1", state: "Failed", total: 1, reason: "r" } }),
      "delivered",
    ],
    [
      "an order that is sold out",
      refuse("AddLines", { l0: { errorCode: "INSUFFICIENT_STOCK_ERROR", message: "Only 3 items" } }),
      "rejected",
    ],
    ["a fulfilment that is not one", refuse("Deliver", { delivered: { id: "1", state: "Pending", lines: [] } }), "uncertain"],
    [
      "goods that are not on hand",
      refuse("AddFulfillment", { made: { errorCode: "INSUFFICIENT_STOCK_ON_HAND_ERROR", message: "3" } }),
      "rejected",
    ],
  ] as const)("%s", async (_name, answer, kind) => {
    const { send } = await startFake(answer);
    expect((await send()).kind).toBe(kind);
  });
});

describe("what proves nothing is never delivered", () => {
  let receiver: Receiver;
  test.each([
    ["html", "uncertain"],
    ["cutInAnswer", "uncertain"],
    ["slowDrip", "uncertain"],
    ["hugeBody", "uncertain"],
    ["ok", "uncertain"],
    ["noContent", "uncertain"],
    ["silent", "uncertain"],
    ["cut", "uncertain"],
    ["redirect", "set-up"],
    ["unauthorized", "set-up"],
    ["serverError", "theirs"],
    ["tooMany", "theirs"],
  ] as const)("%s is %s", async (behaviour, kind) => {
    receiver = await startReceiver();
    receiver.behave(behaviours[behaviour]);
    // Only who never ends his answer is waited for; the others have all the time that a busy machine takes.
    const timeoutMs = behaviour === "silent" || behaviour === "slowDrip" ? 250 : 30_000;
    const session = vendure.open(configOf(receiver.url, timeoutMs), testPorts());
    open.push(session, receiver);
    expect((await session.send(sale, noContext)).kind).toBe(kind);
    expect((await session.lookUp?.(sale, noContext))?.kind).toBe(kind);
  });
});

test("another's order under our reference is foreign: nothing is changed, and nothing is delivered", async () => {
  const { orders, send, session } = await startFake();
  const other = orders.create();
  orders.addLine(other.id, "apple", 1, 1_250, "1");
  orders.name(other.id, { posReference: sale.identity, posReceipt: "other/1/2026-11-20/1" });
  const before = structuredClone(other);
  expect(await send()).toMatchObject({ kind: "foreign" });
  expect(await session.lookUp?.(sale, noContext)).toMatchObject({ kind: "foreign" });
  expect(other).toEqual(before);
});

test("a paid order with other contents under our reference is foreign", async () => {
  const { orders, send } = await startFake();
  const other = orders.create();
  orders.addLine(other.id, "apple", 1, 1_251, "1");
  orders.name(other.id, { posReference: sale.identity, posReceipt: sale.naturalKey, posRevision: 1 });
  orders.move(other.id, "ArrangingPayment");
  orders.pay(other.id);
  expect(await send()).toMatchObject({ kind: "foreign" });
});

test("two orders under one reference, in a Vendure without the unique field, are nobody's to choose from", async () => {
  const fake = fakeVendure({ unique: false });
  for (const id of [fake.orders.create().id, fake.orders.create().id])
    fake.orders.name(id, { posReference: sale.identity, posReceipt: sale.naturalKey });
  const server = await startVendorFake(fake.vendor, clock);
  const session = vendure.open(configOf(server.url, 2_000), testPorts());
  open.push(session, server);
  expect(await session.send(sale, noContext)).toMatchObject({ kind: "foreign" });
});

test("a total that Vendure makes another of is refused before anything is paid, and leaves no draft", async () => {
  const { orders, send } = await startFake((operation) => {
    const [draft] = orders?.all() ?? [];
    if (operation === "SetShipping" && draft !== undefined) draft.totalWithTax -= 100;
    return undefined;
  });
  expect(await send()).toMatchObject({ kind: "rejected", detail: expect.stringContaining("1150") });
  expect(orders.all()).toEqual([]);
});

test("a draft with lines that two attempts doubled is thrown away and made again", async () => {
  const { orders, send } = await startFake();
  const draft = orders.create();
  orders.name(draft.id, { posReference: sale.identity, posReceipt: sale.naturalKey, posRevision: 1 });
  orders.addLine(draft.id, "apple", 2, 1_250, "1");
  expect(await send()).toMatchObject({ kind: "delivered" });
  expect(orders.all().map(({ state, totalWithTax }) => ({ state, totalWithTax }))).toEqual([{ state: "Delivered", totalWithTax: 1_250 }]);
});

test("a line that comes after the draft was closed is seen before the money is: the order is cancelled and made again", async () => {
  const { orders, send } = await startFake();
  const draft = orders.create();
  orders.name(draft.id, { posReference: sale.identity, posReceipt: sale.naturalKey, posRevision: 1 });
  orders.addLine(draft.id, "apple", 2, 1_250, "1");
  orders.move(draft.id, "ArrangingPayment");
  expect(await send()).toMatchObject({ kind: "delivered" });
  expect(orders.all().map(({ state, payments }) => [state, payments.length])).toEqual([
    ["Cancelled", 0],
    ["Delivered", 1],
  ]);
});

test("an unpaid order that was cancelled, and kept the reference, is left behind for a new one", async () => {
  const { orders, send } = await startFake();
  const order = orders.create();
  orders.name(order.id, { posReference: sale.identity, posReceipt: sale.naturalKey });
  orders.move(order.id, "ArrangingPayment");
  orders.move(order.id, "Cancelled");
  expect(await send()).toMatchObject({ kind: "delivered" });
  expect(orders.all().map(({ state, customFields }) => [state, customFields.posReference])).toEqual([
    ["Cancelled", null],
    ["Delivered", sale.identity],
  ]);
});

test("articles that Vendure lacks are named, all of them, and nothing is begun", async () => {
  const { orders, send } = await startFake(refuse("FindVariants", { productVariants: { items: [] } }));
  const [, exchange = sale] = itemsNamed("an exchange");
  expect(await send(exchange)).toEqual({
    kind: "mapping-missing",
    missing: [
      { table: "items", code: "pot" },
      { table: "items", code: "ADJUST" },
    ],
  });
  expect(orders.all()).toEqual([]);
});

test("a return whose sale is not there waits for it", async () => {
  const { send, session } = await startFake();
  const [first, back = sale] = itemsNamed("a return that names its sale and gives points back");
  expect(await send(back)).toMatchObject({ kind: "cause-missing", cause: first?.naturalKey });
  expect(await session.lookUp?.(back, noContext)).toEqual({ kind: "absent" });
});

test("money that no payment has left becomes an order below zero, and both come to the receipt's total", async () => {
  const { memory, orders, send, session } = await startFake();
  const [first = sale, back = sale] = itemsNamed("a return that names its sale and gives points back");
  await send(first);
  orders.all()[0]?.payments[0]?.refunds.push({ id: "staff", state: "Settled", total: 2_000, reason: "by hand" });
  expect(await send(back)).toMatchObject({ kind: "delivered" });
  expect(memory.documents().find(({ reference }) => reference === back.identity)?.total).toBe("-1500");
  expect(await session.lookUp?.(back, noContext)).toMatchObject({ kind: "found", total: { amount: "-1500", currency: "EUR" } });
});

test.each([1, 2, 16, 17])("a return gives back from the order of revision %i, the latest that has one", async (latest) => {
  const { orders, send } = await startFake();
  const [first = sale, back = sale] = itemsNamed("a return that names its sale and gives points back");
  for (let revision = 1; revision <= latest; revision += 1) {
    const order = orders.create();
    orders.addLine(order.id, "mug", 1, 1_500, "2");
    orders.name(order.id, { posReference: deliveryIdentity(first.naturalKey, revision), posReceipt: first.naturalKey });
    orders.move(order.id, "ArrangingPayment");
    orders.pay(order.id);
  }
  expect(await send(back)).toMatchObject({ kind: "delivered" });
  const refunded = orders.all().filter(({ payments }) => payments.some(({ refunds }) => refunds.length > 0));
  expect(refunded.map(({ customFields }) => customFields.posReference)).toEqual([deliveryIdentity(first.naturalKey, latest)]);
});

test("a revised exchange takes its goods back once: the first revision's are sold again, and come back from there", async () => {
  const { memory, orders, send, session } = await startFake();
  const [first = sale, exchange = sale] = itemsNamed("an exchange");
  await send(first);
  await send(exchange);
  const { identity, naturalKey, transaction } = exchange;
  const revised = { ...exchange, revision: 2, identity: deliveryIdentity(naturalKey, 2), previous: { identity, naturalKey, transaction } };
  const left = (sku: string): number =>
    orders
      .all()
      .flatMap(({ lines }) => lines.filter((line) => line.productVariant.sku === sku))
      .reduce((sum, line) => sum + line.quantity, 0);
  expect([left("mug"), left("pot")]).toEqual([0, 1]);
  expect(await send(revised)).toMatchObject({ kind: "delivered" });
  expect([left("mug"), left("pot")]).toEqual([0, 1]);
  // Once more changes nothing, and every part is found.
  expect(await send(revised)).toMatchObject({ kind: "delivered" });
  expect([left("mug"), left("pot")]).toEqual([0, 1]);
  expect(await session.lookUp?.(revised, noContext)).toMatchObject({ kind: "found", total: { amount: "900" } });
  expect(memory.documents().reduce((sum, { total }) => sum + Number(total), 0)).toBe(2_698 + 900);
});
