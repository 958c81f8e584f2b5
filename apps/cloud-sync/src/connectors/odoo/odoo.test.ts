import { expect, test } from "vitest";
import type { DeliveryItem } from "../connector.ts";
import { noContext, testPorts } from "../testing/context.ts";
import { makeScenarios } from "../testing/vendor-fake/scenarios.ts";
import { startVendorFake } from "../testing/vendor-fake/start-vendor-fake.ts";
import { virtualClock } from "../testing/vendor-fake/virtual-clock.ts";
import { odooConfigSchema } from "./manifest.ts";
import { odoo } from "./odoo.ts";
import { fakeOdoo } from "./testing/fake-odoo.ts";
import { configOf } from "./testing/suite.ts";

const clock = virtualClock();
const config = configOf("https://shop.odoo.example", 5_000);
const itemOf = (name: string): DeliveryItem =>
  makeScenarios(clock.nowMs())
    .find((one) => one.name === name)!
    .items.at(-1)!;

test("an entry balances, and tells sales without their taxes", () => {
  const mapped = odoo.map(itemOf("a member's sale that earns and burns points"), config);
  const body =
    mapped.kind === "requests"
      ? (mapped.requests[0]?.body as { line_ids: [0, 0, { name: string; debit: number; credit: number }][] })
      : undefined;
  expect(body?.line_ids.map(([, , { name, debit, credit }]) => [name, debit, credit])).toEqual([
    ["card VISA", 20, 0],
    ["cash", 6.98, 0],
    ["sales 7", 0, 11.2],
    ["tax 7", 0, 0.78],
    ["sales 19", 0, 12.61],
    ["tax 19", 0, 2.39],
  ]);
});

test("goods for goods of the same price are no entry", () => {
  expect(odoo.map(itemOf("an even exchange"), config)).toEqual({ kind: "nothing", reason: "no money" });
});

test("a mapping that lacks codes names all of them, and nothing is sent", async () => {
  const bare = { ...config, mapping: { ...config.mapping, stores: {}, tenders: {}, taxes: {}, accounts: {} } };
  const session = odoo.open(bare, testPorts({ permit: () => Promise.reject(new Error("nothing may be sent")) }));
  const result = await session.send(itemOf("a sale with taxes on top"), noContext);
  const codes = result.kind === "mapping-missing" ? result.missing.map(({ table, code }) => `${table} ${code}`) : [];
  expect(codes.toSorted()).toEqual(["accounts sales", "stores 9", "taxes 8.875", "tenders card:VISA"]);
  await session.close();
});

test("a mapping to what is no id of Odoo is refused", () => {
  const parsed = odooConfigSchema.safeParse({ ...config, mapping: { ...config.mapping, tenders: { cash: "Cash" } } });
  expect(JSON.stringify(parsed.error?.issues)).toContain("the id of a record in Odoo");
});

test("a currency that Odoo lacks is refused, and nothing is written", async () => {
  const { vendor, memory } = fakeOdoo(clock, { blind: false, keysIgnored: false });
  const server = await startVendorFake(vendor, clock);
  const session = odoo.open(configOf(server.url, 5_000), testPorts());
  const item = itemOf("a sale");
  const abroad = { ...item, transaction: { ...item.transaction, currency: "CHF" } } as DeliveryItem;
  expect(await session.send(abroad, noContext)).toEqual({ kind: "rejected", detail: "Odoo has no active currency CHF" });
  expect(memory.documents()).toEqual([]);
  await session.close();
  await server.close();
});
