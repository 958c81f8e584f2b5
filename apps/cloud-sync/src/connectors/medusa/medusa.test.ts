import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ConnectorSession, DeliveryItem, SendContext } from "../connector.ts";
import { noContext, testPorts } from "../testing/context.ts";
import { specsAbsent, vendorSpecs } from "../testing/vendor-fake/load-spec.ts";
import type { VendorMemory } from "../testing/vendor-fake/run-scenario.ts";
import { makeScenarios, receipt } from "../testing/vendor-fake/scenarios.ts";
import { startVendorFake, type FakeVendor, type VendorServer } from "../testing/vendor-fake/start-vendor-fake.ts";
import { virtualClock } from "../testing/vendor-fake/virtual-clock.ts";
import { medusaConfigSchema } from "./manifest.ts";
import { medusa } from "./medusa.ts";
import { fakeMedusa } from "./testing/fake-medusa.ts";
import { configOf } from "./testing/suite.ts";

const clock = virtualClock();
const config = configOf("https://medusa.example", 5_000);
const itemsOf = (name: string): readonly DeliveryItem[] => makeScenarios(clock.nowMs()).find((one) => one.name === name)?.items ?? [];
const [sale] = itemsOf("a member's sale that earns and burns points") as [DeliveryItem];

test("the dry run names what would be sent, without secrets", () => {
  const [, exchange] = itemsOf("an exchange");
  const mapped = exchange === undefined ? undefined : medusa.map(exchange, config);
  const whats = mapped?.kind === "requests" ? mapped.requests.map(({ what }) => what) : [];
  expect(whats).toEqual(["POST draft-orders", "POST returns, payments/{id}/refund", "POST store-credit-accounts/{id}/credit"]);
  expect(JSON.stringify(mapped)).not.toContain(config.secret);
});

test("a mapping that lacks codes names all of them, and nothing is sent", async () => {
  const bare = { ...config, mapping: { ...config.mapping, stores: {}, tenders: {}, customers: {} } };
  const session = medusa.open(bare, testPorts({ permit: () => Promise.reject(new Error("nothing may be sent")) }));
  const result = await session.send(sale, noContext);
  const codes = result.kind === "mapping-missing" ? result.missing.map(({ table, code }) => `${table} ${code}`) : [];
  expect(codes.toSorted()).toEqual(["customers memberAaaaaaaaaaaaaaaa", "stores 9", "tenders card:VISA", "tenders cash"]);
  await session.close();
});

test.each([
  [{ url: "http://medusa.example", allowPrivateNetwork: false }, "plain http"],
  [{ region: "no such id" }, "region"],
  [{ colour: "red" }, "colour"],
])("a configuration with %o is refused", (extra, about) => {
  const parsed = medusaConfigSchema.safeParse({ ...config, ...extra });
  expect(JSON.stringify(parsed.error?.issues)).toContain(about);
});

describe.skipIf(vendorSpecs === "")(`what a Medusa does${specsAbsent}`, { timeout: 60_000 }, () => {
  let vendor: FakeVendor;
  let memory: VendorMemory;
  let server: VendorServer;
  let session: ConnectorSession;
  const context: SendContext = { vendorIdOf: (key) => Promise.resolve(key === sale.naturalKey ? "order_0001" : undefined) };

  beforeEach(async () => {
    ({ vendor, memory } = fakeMedusa(clock, { blind: false, keysIgnored: false }));
    server = await startVendorFake(vendor, clock);
    session = medusa.open(configOf(server.url, 5_000), testPorts({ nowMs: () => clock.nowMs() }));
    // The first one reads the specification.
  }, 60_000);

  afterEach(async () => {
    await session.close();
    await server.close();
    expect(server.violations).toEqual([]);
  });

  const returnOf = (sequence: string, itemId: string, amount: number): DeliveryItem => {
    const line = { line: 1, action: "return", itemType: "stock", itemId, returnOf: sale.transaction.identity };
    return receipt(
      {
        sequence,
        lines: [{ ...line, quantity: { value: "-1", uom: "EA" }, extendedAmount: String(-amount) }],
        tenders: [{ line: 9, type: "cash", use: "refund", amount: String(-amount) }],
      },
      clock.nowMs(),
    );
  };
  const held = (reference: string): string[] => memory.documents().flatMap((one) => (one.reference === reference ? [one.total] : []));

  test("more money back than was paid is owed: the total stays the receipt's", async () => {
    expect(await session.send(sale, context)).toMatchObject({ kind: "delivered", vendorId: "order_0001" });
    const [first, second] = [returnOf("20", "mug", 1500), returnOf("21", "mug", 1500)];
    expect(await session.send(first, context)).toMatchObject({ kind: "delivered" });
    expect(await session.send(second, context)).toMatchObject({ kind: "delivered" });
    expect([...held(first.identity), ...held(second.identity)]).toEqual(["-1500", "-1500"]);
    expect(await session.lookUp?.(second, context)).toMatchObject({ kind: "found", total: { amount: "-1500" } });
    expect(await session.send(second, context)).toMatchObject({ kind: "delivered" });
    expect(held(second.identity)).toEqual(["-1500"]);
  });

  test("an article that Medusa lacks is missing in the mapping, and nothing is written", async () => {
    const line = {
      line: 1,
      action: "sale",
      itemType: "stock",
      itemId: "unknown",
      quantity: { value: "1", uom: "EA" },
      extendedAmount: "100",
    };
    const item = receipt(
      { sequence: "30", lines: [line], tenders: [{ line: 9, type: "cash", use: "sale", amount: "100" }] },
      clock.nowMs(),
    );
    expect(await session.send(item, context)).toEqual({ kind: "mapping-missing", missing: [{ table: "items", code: "unknown" }] });
    expect(memory.documents()).toEqual([]);
  });

  test("an order under our reference with another total is foreign, and stays as it is", async () => {
    await session.send(sale, context);
    const changed = receipt(
      {
        sequence: "4",
        lines: [{ line: 1, action: "sale", itemType: "stock", itemId: "mug", quantity: { value: "1", uom: "EA" }, extendedAmount: "1" }],
        tenders: [{ line: 9, type: "cash", use: "sale", amount: "1" }],
      },
      clock.nowMs(),
    );
    expect(changed.identity).toBe(sale.identity);
    expect(await session.send(changed, context)).toMatchObject({ kind: "foreign" });
    expect(await session.lookUp?.(changed, context)).toMatchObject({ kind: "foreign" });
    expect(held(sale.identity)).toEqual(["2698"]);
  });

  test("a key that is not known is set-up: nothing is written", async () => {
    const stranger = medusa.open({ ...configOf(server.url, 5_000), secret: "sk_unknown" }, testPorts());
    expect(await stranger.send(sale, context)).toEqual({ kind: "set-up", detail: "status 401" });
    await stranger.close();
    expect(memory.documents()).toEqual([]);
  });
});
