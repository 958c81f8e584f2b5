import { describe, expect, test } from "vitest";
import type { Decimal } from "@tillsync/sync-protocol";
import type { DeliveryItem } from "../connector.ts";
import { noContext, testPorts } from "../testing/context.ts";
import { makeScenarios, receipt } from "../testing/vendor-fake/scenarios.ts";
import { commercetools } from "./commercetools.ts";
import { commercetoolsConfigSchema } from "./manifest.ts";
import { fractionOf } from "./plan-order.ts";

const NOW = Date.UTC(2026, 10, 20, 9);
const access = {
  url: "https://api.shop.example",
  authUrl: "https://auth.shop.example",
  projectKey: "shop",
  clientId: "till",
  secret: "very-secret",
};
const mapping = { version: 1, stores: { "9": "store-9" }, tenders: { "*": "till" }, taxes: { "*": "VAT" } };
const config = commercetoolsConfigSchema.parse({ ...access, mapping });
const itemOf = (name: string): DeliveryItem =>
  makeScenarios(NOW)
    .find((one) => one.name === name)!
    .items.at(-1)!;
const requestsOf = (item: DeliveryItem, of = config) => {
  const mapped = commercetools.map(item, of);
  return mapped.kind === "requests" ? mapped.requests : [];
};

test("a mapping that lacks codes names all of them, and nothing is sent", async () => {
  const bare = commercetoolsConfigSchema.parse({ ...access, lines: "catalog", mapping: { version: 1, items: { by: "table" } } });
  const item = itemOf("a sale with taxes on top");
  const session = commercetools.open(bare, testPorts({ permit: () => Promise.reject(new Error("nothing may be sent")) }));
  const result = await session.send(item, noContext);
  const codes = result.kind === "mapping-missing" ? result.missing.map(({ table, code }) => `${table} ${code}`) : [];
  expect(codes.toSorted()).toEqual(["items shirt", "items socks", "stores 9", "taxes 8.875", "tenders card:VISA"]);
  await session.close();
});

test("the dry run names every request by its reference, without secrets", () => {
  const item = itemOf("an exchange");
  expect(requestsOf(item).map(({ reference, what }) => `${what} ${reference.replace(item.identity, "ID")}`)).toEqual([
    "POST payments ID-p0",
    "POST payments ID-p1",
    "POST payments ID-f0",
    "POST orders/import ID",
    "POST orders/{id}: addReturnInfo ID",
  ]);
  expect(JSON.stringify(requestsOf(item))).not.toContain(access.secret);
});

test.each([
  [
    "1000",
    "3",
    [
      [2, 333],
      [1, 334],
    ],
  ],
  ["999", "3", [[3, 333]]],
  ["731", "0.305", [[1, 731]]],
  [
    "2",
    "5",
    [
      [3, 0],
      [2, 1],
    ],
  ],
])("%s for %s becomes lines that sum to it", (amount, quantity, lines) => {
  const line = {
    line: 1,
    action: "sale",
    itemType: "stock",
    itemId: "a/b",
    quantity: { value: quantity, uom: "KG" },
    extendedAmount: amount,
  };
  const item = receipt({ sequence: "1", lines: [line], tenders: [{ line: 9, type: "cash", use: "sale", amount }] }, NOW);
  const body = requestsOf(item).at(-1)?.body as { customLineItems: { quantity: number; slug: string; money: { centAmount: number } }[] };
  expect(body.customLineItems.map((one) => [one.quantity, one.money.centAmount])).toEqual(lines);
  expect(body.customLineItems[0]?.slug).toBe("i-a_2f_b");
});

test("tenders that do not settle the goods have no form, and are not invented", () => {
  const line = { line: 1, action: "sale", itemType: "stock", itemId: "a", quantity: { value: "1", uom: "EA" }, extendedAmount: "1000" };
  const short = receipt({ sequence: "1", lines: [line], tenders: [{ line: 9, type: "cash", use: "sale", amount: "900" }] }, NOW);
  expect(commercetools.map(short, config)).toMatchObject({ kind: "rejected" });
});

test("a receipt whose lines were all voided is nothing", () => {
  const tea = (line: number, action: string, quantity: string, extendedAmount: string) => {
    return { line, action, itemType: "stock", itemId: "tea", quantity: { value: quantity, uom: "EA" }, extendedAmount };
  };
  const voided = receipt({ sequence: "1", lines: [tea(1, "sale", "3", "300"), tea(2, "void", "-3", "-300")], tenders: [] }, NOW);
  expect(commercetools.map(voided, config)).toMatchObject({ kind: "nothing" });
});

test.each([
  ["19", 0.19],
  ["8.875", 0.088_75],
  ["100", 1],
  ["0", 0],
])("%s per cent is the number %d", (percent, fraction) => {
  expect(fractionOf(percent as Decimal)).toBe(fraction);
});

describe("configuration", () => {
  test.each([
    [{ authUrl: "http://auth.example" }, "plain http"],
    [{ projectKey: "no such key" }, "projectKey"],
    [{ colour: "red" }, "colour"],
  ])("refuses %o", (extra, about) => {
    const parsed = commercetoolsConfigSchema.safeParse({ ...access, ...extra });
    expect(JSON.stringify(parsed.error?.issues)).toContain(about);
  });

  test("refuses an issuer at a private address", () => {
    expect(() => commercetools.check({ ...config, authUrl: "https://127.0.0.1" })).toThrow(
      expect.objectContaining({ code: "destination.address-refused" }),
    );
  });
});
