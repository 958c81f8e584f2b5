import { describe, expect, test } from "vitest";
import { noContext, testPorts } from "../testing/context.ts";
import { makeScenarios, receipt } from "../testing/vendor-fake/scenarios.ts";
import type { DeliveryItem } from "../connector.ts";
import { squareConfigSchema } from "./manifest.ts";
import { planItem } from "./map.ts";
import { square } from "./square.ts";

const NOW = Date.UTC(2026, 10, 20, 9);
const mapping = { version: 1, stores: { "9": "LOC" }, tenders: { "*": "OTHER", cash: "CASH" }, taxes: { "*": "VAT" } };
const config = squareConfigSchema.parse({ secret: "0123456789", mapping, loyalty: true });
const itemOf = (name: string): DeliveryItem =>
  makeScenarios(NOW)
    .find((one) => one.name === name)!
    .items.at(-1)!;
const line = (amount: string, quantity: string) => ({
  line: 1,
  action: "sale",
  itemType: "stock",
  itemId: "ham",
  quantity: { value: quantity, uom: "KG" },
  extendedAmount: amount,
});
const cash = (amount: string) => ({ line: 9, type: "cash", use: "sale", amount });

test("a mapping that lacks codes names all of them, and nothing is sent", async () => {
  const bare = squareConfigSchema.parse({ secret: "0123456789", lines: "catalog", mapping: { version: 1, items: { by: "table" } } });
  const mapped = square.map(itemOf("a sale with several tenders, two taxes, a discount and rounding"), bare);
  expect(mapped).toMatchObject({ kind: "mapping-missing" });
  const codes = mapped.kind === "mapping-missing" ? mapped.missing.map(({ table, code }) => `${table} ${code}`) : [];
  expect(codes.toSorted()).toEqual([
    "items coffee",
    "items ham",
    "items mug",
    "stores 9",
    "taxes 19",
    "taxes 7",
    "tenders card:VISA",
    "tenders cash",
    "tenders giftCard",
  ]);
  const session = square.open(bare, testPorts({ permit: () => Promise.reject(new Error("nothing may be sent")) }));
  expect(await session.send(itemOf("a sale with taxes on top"), noContext)).toMatchObject({ kind: "mapping-missing" });
  await session.close();
});

test("tenders that do not settle the goods have no form, and are not invented", () => {
  const short = receipt({ sequence: "1", lines: [line("1000", "1")], tenders: [cash("900")] }, NOW);
  expect(planItem(short, config)).toMatchObject({ kind: "rejected" });
});

test("the dry run names every request by its reference, without secrets", () => {
  const item = itemOf("an exchange");
  const mapped = square.map(item, config);
  const requests = mapped.kind === "requests" ? mapped.requests : [];
  expect(requests.map(({ reference, what }) => `${what} ${reference.replace(item.identity, "ID")}`)).toEqual([
    "POST /v2/orders ID",
    "POST /v2/payments ID-p0",
    "POST /v2/payments ID-p1",
    "POST /v2/refunds ID-f0",
    "POST /v2/loyalty/accounts/{account}/adjust ID-a",
  ]);
  expect(JSON.stringify(mapped)).not.toContain(config.secret);
});

describe("a quantity that does not divide its amount", () => {
  test.each([
    ["1000", "3", 334, 2],
    ["731", "0.305", 2397, 0],
    ["999", "3", 333, 0],
    ["1", "7", 1, 6],
    ["1", "0.5", 2, 0],
  ])("%s for %s: price %i, and a discount of %i", (amount, quantity, price, discount) => {
    const planned = planItem(receipt({ sequence: "1", lines: [line(amount, quantity)], tenders: [cash(amount)] }, NOW), config);
    const body = planned.kind === "plan" ? planned.plan.documents[0]?.order?.body : undefined;
    expect(body).toMatchObject({ line_items: [{ quantity, base_price_money: { amount: price } }] });
    const discounts = (body?.["discounts"] ?? []) as { amount_money: { amount: number } }[];
    expect(discounts.reduce((sum, one) => sum + one.amount_money.amount, 0)).toBe(discount);
  });
});

test.each([
  [{ mapping: { version: 1, tenders: { cash: "COINS" } } }, "a tender is one of"],
  [{ url: "http://square.example" }, "plain http"],
  [{ secret: "short" }, "secret"],
  [{ colour: "red" }, "colour"],
])("refuses %o", (extra, about) => {
  const parsed = squareConfigSchema.safeParse({ secret: "0123456789", ...extra });
  expect(JSON.stringify(parsed.error?.issues)).toContain(about);
});
