import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ConnectorSession, DeliveryItem, SendContext } from "../connector.ts";
import { testPorts } from "../testing/context.ts";
import { specsAbsent, vendorSpecs } from "../testing/vendor-fake/load-spec.ts";
import type { VendorMemory } from "../testing/vendor-fake/run-scenario.ts";
import { makeScenarios, receipt } from "../testing/vendor-fake/scenarios.ts";
import { startVendorFake, type FakeVendor, type VendorServer } from "../testing/vendor-fake/start-vendor-fake.ts";
import { virtualClock } from "../testing/vendor-fake/virtual-clock.ts";
import { commercetools } from "./commercetools.ts";
import { CLIENT, fakeCommercetools } from "./testing/fake-commercetools.ts";
import { suite } from "./testing/suite.ts";

const UPDATE = "ByProjectKeyOrdersByIDPost";
const clock = virtualClock();
const [sale] = makeScenarios(clock.nowMs()).find(({ name }) => name.startsWith("a member's sale"))!.items as [DeliveryItem];

/** Goods of the sale that come back for cash. */
const returnOf = (sequence: string, itemId: string, quantity: number, amount: number): DeliveryItem => {
  const line = { line: 1, action: "return", itemType: "stock", itemId, returnOf: sale.transaction.identity };
  return receipt(
    {
      sequence,
      lines: [{ ...line, quantity: { value: String(-quantity), uom: "EA" }, extendedAmount: String(-amount) }],
      tenders: [{ line: 9, type: "cash", use: "refund", amount: String(-amount) }],
    },
    clock.nowMs(),
  );
};

describe.skipIf(vendorSpecs === "")(`orders that others change at commercetools${specsAbsent}`, { timeout: 60_000 }, () => {
  let vendor: FakeVendor;
  let memory: VendorMemory;
  let server: VendorServer;
  let session: ConnectorSession;
  let context: SendContext;

  beforeEach(async () => {
    ({ vendor, memory } = fakeCommercetools(clock, { blind: false, keysIgnored: false }));
    server = await startVendorFake(vendor, clock);
    session = commercetools.open(suite.config(server.url, 5_000), testPorts({ nowMs: () => clock.nowMs() }));
    context = { vendorIdOf: (key) => Promise.resolve(key === sale.naturalKey ? "order-1" : undefined) };
  });

  afterEach(async () => {
    await session.close();
    await server.close();
    expect(server.violations).toEqual([]);
  });

  const held = (ending: string): string[] =>
    memory
      .documents()
      .filter(({ reference }) => reference.endsWith(ending))
      .map(({ reference, total }) => `${reference} ${total}`);

  test("two returns of one sale at once: both are there", async () => {
    expect(await session.send(sale, context)).toMatchObject({ kind: "delivered", vendorId: "order-1" });
    const both = [returnOf("20", "mug", 1, 1500), returnOf("21", "coffee", 1, 599)];
    const results = await Promise.all(both.map((item) => session.send(item, context)));
    expect(results.map(({ kind }) => kind)).toEqual(["delivered", "delivered"]);
    expect(held(" back").toSorted()).toEqual(both.map(({ identity }) => `${identity} back 1`).toSorted());
  });

  test("an order that someone changes between reading and updating is read again", async () => {
    await session.send(sale, context);
    let meddle: (() => unknown) | undefined;
    const meddled = await startVendorFake(
      {
        ...vendor,
        answer: (call) => {
          if (call.operation === UPDATE) {
            meddle?.();
            meddle = undefined;
          }
          return vendor.answer(call);
        },
      },
      clock,
    );
    const own = commercetools.open(suite.config(meddled.url, 5_000), testPorts());
    await own.lookUp?.(sale, context);
    const body = { version: 1, actions: [{ action: "changeOrderState", orderState: "Confirmed" }] };
    const headers = { authorization: "Bearer token-of-the-till" };
    meddle = () => vendor.answer({ operation: UPDATE, params: { ID: "order-1" }, query: new URLSearchParams(), headers, body });
    const item = returnOf("24", "mug", 1, 1500);
    expect(await own.send(item, context)).toMatchObject({ kind: "delivered" });
    expect(meddled.calls.filter(({ operation }) => operation === UPDATE)).toHaveLength(2);
    expect(held(" back")).toEqual([`${item.identity} back 1`]);
    await own.close();
    await meddled.close();
  });

  test("goods come back no more often than they were bought; the money is told all the same", async () => {
    await session.send(sale, context);
    const twice = [returnOf("22", "mug", 1, 1500), returnOf("23", "mug", 1, 1500)];
    for (const item of twice) expect(await session.send(item, context)).toMatchObject({ kind: "delivered" });
    expect(held(" back")).toEqual([`${twice[0]!.identity} back 1`]);
    expect(held(" money").slice(1)).toEqual(twice.map(({ identity }) => `${identity} money -1500`));
    expect(await session.lookUp?.(twice[1]!, context)).toMatchObject({ kind: "found" });
  });

  test("another's order under our number is foreign, and stays as it is", async () => {
    const mapped = commercetools.map(sale, suite.config(server.url, 5_000));
    const request = mapped.kind === "requests" ? mapped.requests.find(({ what }) => what === "POST orders/import") : undefined;
    const body = { ...(request?.body as object), totalPrice: { centAmount: 1, currencyCode: "EUR" } };
    const headers = { authorization: "Bearer token-of-the-till" };
    const operation = "ByProjectKeyOrdersImportPost";
    expect(await vendor.answer({ operation, params: {}, query: new URLSearchParams(), headers, body })).toMatchObject({ status: 201 });
    expect(await session.send(sale, context)).toMatchObject({ kind: "foreign" });
    expect(await session.lookUp?.(sale, context)).toMatchObject({ kind: "foreign" });
    expect(memory.documents()).toContainEqual({ reference: sale.identity, total: "1", currency: "EUR" });
  });

  test("a client that is not known is set-up: nothing is sent", async () => {
    const config = { ...suite.config(server.url, 5_000), secret: `not ${CLIENT.secret}` };
    const stranger = commercetools.open(config, testPorts());
    expect(await stranger.send(sale, context)).toMatchObject({ kind: "set-up", detail: "token: status 401" });
    expect(memory.documents()).toEqual([]);
    await stranger.close();
  });
});
