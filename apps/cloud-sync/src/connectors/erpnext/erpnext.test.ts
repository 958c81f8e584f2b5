import { expect, test } from "vitest";
import type { DeliveryItem } from "../connector.ts";
import { noContext, testPorts } from "../testing/context.ts";
import { makeScenarios } from "../testing/vendor-fake/scenarios.ts";
import { startVendorFake } from "../testing/vendor-fake/start-vendor-fake.ts";
import { virtualClock } from "../testing/vendor-fake/virtual-clock.ts";
import { erpnext } from "./erpnext.ts";
import { erpnextConfigSchema } from "./manifest.ts";
import { fakeErpnext } from "./testing/fake-erpnext.ts";
import { configOf } from "./testing/suite.ts";

const clock = virtualClock();
const config = configOf("https://erp.example", 5_000);
const itemsOf = (name: string): readonly DeliveryItem[] => makeScenarios(clock.nowMs()).find((one) => one.name === name)!.items;

test("discounts are spread, and an invoice's items and payments come to what was paid", () => {
  const [item] = itemsOf("a sale with several tenders, two taxes, a discount and rounding") as [DeliveryItem];
  const mapped = erpnext.map(item, config);
  type Body = { items: { qty: number; rate: number }[]; payments: { amount: number }[] };
  const body = mapped.kind === "requests" ? (mapped.requests[0]?.body as Body) : undefined;
  const cents = (value: number): number => Math.round(value * 100);
  const goods = body?.items.reduce((total, { qty, rate }) => total + qty * cents(rate), 0);
  expect(goods).toBe(body?.payments.reduce((total, { amount }) => total + cents(amount), 0));
  expect(body?.items.every(({ rate }) => rate >= 0)).toBe(true);
});

test("a return names the invoice of its sale, and ERPNext refuses more than was sold", async () => {
  const { vendor, memory } = fakeErpnext(clock, { blind: false, keysIgnored: false });
  const server = await startVendorFake(vendor, clock);
  const session = erpnext.open(configOf(server.url, 5_000), testPorts());
  const [sale, back] = itemsOf("a return that names its sale and gives points back") as [DeliveryItem, DeliveryItem];
  const sold = await session.send(sale, noContext);
  const name = sold.kind === "delivered" ? sold.vendorId : undefined;
  const context = { vendorIdOf: (key: string) => Promise.resolve(key === sale.naturalKey ? name : undefined) };
  expect(await session.send(back, context)).toMatchObject({ kind: "delivered" });
  expect(server.calls.some(({ body }) => (body as { return_against?: string } | undefined)?.return_against === name)).toBe(true);
  const again = { ...back, identity: `${back.identity.slice(0, -1)}_` };
  expect(await session.send(again, context)).toMatchObject({ kind: "rejected", detail: expect.stringContaining("StockOverReturnError") });
  expect(memory.documents()).toHaveLength(2);
  await session.close();
  await server.close();
  expect(server.violations).toEqual([]);
});

test("a mapping that lacks codes names all of them, and nothing is sent", async () => {
  const bare = { ...config, mapping: { ...config.mapping, stores: {}, tenders: {}, taxes: {}, accounts: {}, customers: {} } };
  const session = erpnext.open(bare, testPorts({ permit: () => Promise.reject(new Error("nothing may be sent")) }));
  const result = await session.send(itemsOf("an exchange").at(-1)!, noContext);
  const codes = result.kind === "mapping-missing" ? result.missing.map(({ table, code }) => `${table} ${code}`) : [];
  expect(codes.toSorted()).toEqual(["accounts exchange", "customers none", "stores 9", "taxes 19", "tenders cash"]);
  await session.close();
});

test.each([
  [{ secret: "no colon" }, "key:secret"],
  [{ referenceField: "No Field" }, "referenceField"],
  [{ colour: "red" }, "colour"],
])("a configuration with %o is refused", (extra, about) => {
  expect(JSON.stringify(erpnextConfigSchema.safeParse({ ...config, ...extra }).error?.issues)).toContain(about);
});
