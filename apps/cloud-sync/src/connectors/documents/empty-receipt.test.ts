import { expect, test } from "vitest";
import type { Mapped } from "../connector.ts";
import { shopifyConfigSchema } from "../shopify/manifest.ts";
import { shopify } from "../shopify/shopify.ts";
import { squareConfigSchema } from "../square/manifest.ts";
import { square } from "../square/square.ts";
import { talonOneConfigSchema } from "../talon-one/manifest.ts";
import { talonOne } from "../talon-one/talon-one.ts";
import { receipt } from "../testing/vendor-fake/scenarios.ts";
import { voucherifyConfigSchema } from "../voucherify/manifest.ts";
import { voucherify } from "../voucherify/voucherify.ts";

const tea = (line: number, amount: string, quantity: string, action: string): object => ({
  line,
  action,
  itemType: "stock",
  itemId: "tea",
  quantity: { value: quantity, uom: "EA" },
  extendedAmount: amount,
});
const voided = receipt({ sequence: "1", lines: [tea(1, "300", "3", "sale"), tea(2, "-300", "-3", "void")], tenders: [] }, 0);
const free = receipt({ sequence: "2", lines: [tea(1, "0", "3", "sale")], tenders: [] }, 0);

const common = { mapping: { version: 1, stores: { "*": "S" }, tenders: { "*": "OTHER" } }, secret: "0123456789" };
const url = "https://vendor.example";
const maps: [string, (item: typeof voided) => Mapped][] = [
  ["square", (item) => square.map(item, squareConfigSchema.parse(common))],
  ["voucherify", (item) => voucherify.map(item, voucherifyConfigSchema.parse({ ...common, appId: "a", currency: "EUR" }))],
  ["talon-one", (item) => talonOne.map(item, talonOneConfigSchema.parse({ ...common, url, currency: "EUR" }))],
  ["shopify", (item) => shopify.map(item, shopifyConfigSchema.parse({ ...common, url, currency: "EUR" }))],
];

test.each(maps)("%s: a receipt whose lines were all voided is nothing, and one of free goods is something", (_name, map) => {
  expect(map(voided)).toMatchObject({ kind: "nothing" });
  expect(map(free)).toMatchObject({ kind: "requests", requests: [{ reference: free.identity }] });
});

test.each(maps.slice(1))("%s: a receipt in another currency is refused, since its records bear none", (_name, map) => {
  const foreign = { ...free, transaction: { ...free.transaction, currency: "USD" } } as typeof free;
  expect(map(foreign)).toMatchObject({ kind: "rejected" });
});

test.each(maps)("%s: no secret is in what a dry run shows", (_name, map) => {
  expect(JSON.stringify(map(free))).not.toContain(common.secret);
});
