import { expect, test } from "vitest";
import type { DeliveryItem, Mapped } from "../connector.ts";
import { noContext, testPorts } from "../testing/context.ts";
import { makeScenarios, MEMBER, receipt } from "../testing/vendor-fake/scenarios.ts";
import { klaviyo } from "./klaviyo.ts";
import { klaviyoConfigSchema } from "./manifest.ts";
import { exactNumber, ITEMS_MAX } from "./plan-events.ts";
import { memberItem } from "./testing/suite.ts";

const NOW = Date.UTC(2026, 10, 20, 9);
const secret = "pk_very_secret";
const config = klaviyoConfigSchema.parse({ secret, mapping: { version: 1, stores: { "9": "Mitte" } } });
const itemOf = (name: string): DeliveryItem =>
  makeScenarios(NOW)
    .find((one) => one.name === name)!
    .items.at(-1)!;
const requestsOf = (mapped: Mapped) => (mapped.kind === "requests" ? mapped.requests : []);
const attributesOf = (item: DeliveryItem): Record<string, unknown>[] =>
  requestsOf(klaviyo.map(item, config)).map(({ body }) => (body as { data: { attributes: Record<string, unknown> } }).data.attributes);

test("a receipt without a member is nothing", () => {
  expect(klaviyo.map(itemOf("a sale"), config)).toMatchObject({ kind: "nothing" });
});

test("an exchange is a sale and a return, each with its own value", () => {
  const item = itemOf("an exchange");
  expect(attributesOf(item).map(({ unique_id, value, value_currency }) => [unique_id, value, value_currency])).toEqual([
    [`${item.identity}-sale`, 24, "EUR"],
    [`${item.identity}-return`, 15, "EUR"],
  ]);
});

test("a replay tells what it repeats as history: no flow starts", () => {
  const item = itemOf("a member's sale that earns and burns points");
  expect(attributesOf(item)[0]).not.toHaveProperty("backfill");
  expect(attributesOf({ ...item, replay: true })[0]).toMatchObject({ backfill: true });
});

test("a mapping that lacks codes names all of them, and nothing is sent", async () => {
  const bare = klaviyoConfigSchema.parse({ secret, mapping: { version: 1, items: { by: "table" } } });
  const session = klaviyo.open(bare, testPorts({ permit: () => Promise.reject(new Error("nothing may be sent")) }));
  const result = await session.send(itemOf("a member's sale that earns and burns points"), noContext);
  expect(result).toMatchObject({
    kind: "mapping-missing",
    missing: expect.arrayContaining([
      { table: "stores", code: "9" },
      { table: "items", code: "mug" },
    ]),
  });
  await session.close();
});

test.each([
  [2_698n, 2, "26.98"],
  [-1n, 2, "-0.01"],
  [1_990n, 0, "1990"],
  [1_234n, 3, "1.234"],
  [999_999_999_999_999n, 2, "9999999999999.99"],
])("%d minor units at exponent %d are %s in the request", (minor, exponent, text) => {
  expect(JSON.stringify(exactNumber(minor, exponent))).toBe(text);
});

test("an amount of more digits than a number tells exactly is refused, not rounded", () => {
  expect(exactNumber(10n ** 15n, 2)).toBeUndefined();
  const line = (n: number, action: string, value: string, extendedAmount: string): object => {
    return { line: n, action, itemType: "stock", itemId: "a", quantity: { value, uom: "EA" }, extendedAmount };
  };
  const huge = "900000000000000";
  const lines = [line(1, "sale", "1", huge), line(2, "sale", "1", huge), line(3, "return", "-1", `-${huge}`)];
  const tenders = [{ line: 9, type: "cash", use: "sale", amount: huge }];
  const item = receipt({ sequence: "1", lines, tenders, loyalty: { memberRef: MEMBER } }, NOW);
  expect(klaviyo.map(item, config)).toMatchObject({ kind: "rejected" });
});

test.each([
  [ITEMS_MAX, ITEMS_MAX],
  [ITEMS_MAX + 1, ITEMS_MAX],
])("of %d lines %d are named, and all are counted", (count, named) => {
  const lines = Array.from({ length: count }, (_, at) => ({
    line: at + 1,
    action: "sale",
    itemType: "stock",
    itemId: `item-${at}`,
    quantity: { value: "1", uom: "EA" },
    extendedAmount: "100",
  }));
  const tenders = [{ line: 5_000, type: "cash", use: "sale", amount: String(count * 100) }];
  const [told] = attributesOf(receipt({ sequence: "1", lines, tenders, loyalty: { memberRef: MEMBER } }, NOW));
  expect(told).toMatchObject({ properties: { item_count: count, items: { length: named } } });
});

test("a member's profile bears the pseudonym and what was told, and no subscription", () => {
  const item = memberItem("1", { memberRef: MEMBER, kind: "left", tier: "gold", consents: { email: false } });
  expect(attributesOf(item)).toEqual([{ external_id: MEMBER, properties: { membership: "left", tier: "gold", consent_email: false } }]);
});

test("no secret is in what a dry run shows", () => {
  expect(JSON.stringify(klaviyo.map(itemOf("an exchange"), config))).not.toContain(secret);
});

test.each([
  [{ metrics: { sale: "x".repeat(128) } }, "metrics"],
  [{ metrics: { sale: "Store Return" } }, "a name of its own"],
  [{ url: "http://klaviyo.example" }, "plain http"],
  [{ colour: "red" }, "colour"],
])("refuses %o", (extra, about) => {
  const parsed = klaviyoConfigSchema.safeParse({ secret, ...extra });
  expect(JSON.stringify(parsed.error?.issues)).toContain(about);
});
