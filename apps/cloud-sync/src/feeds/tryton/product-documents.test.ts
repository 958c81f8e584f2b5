import { describe, expect, test } from "vitest";
import { checkFields } from "../check-fields.ts";
import type { FeedItem } from "../feed-kind.ts";
import { trytonFeedSchema } from "./config.ts";
import { priceWithTax, readDecimal, ZERO_EXACT } from "./exact.ts";
import { productItem } from "./product-documents.ts";
import type { ProductRow, TaxRow } from "./product-rows.ts";
import { quantityText } from "./stock-part.ts";

const config = (more: object = {}) =>
  trytonFeedSchema.parse({
    url: "https://erp.example.com",
    database: "erp",
    user: "reader",
    password: "secret",
    prices: [{ scope: "all", currency: "EUR" }],
    ...more,
  });

const tax = (id: number, more: Partial<TaxRow> = {}): TaxRow => ({
  id,
  name: `Tax ${id}`,
  type: "percentage",
  rate: "0.19",
  amount: null,
  parent: null,
  ...more,
});
const taxesOf = (...rows: TaxRow[]) => ({
  byId: new Map(rows.map((row) => [row.id, row])),
  childrenOf: Map.groupBy(rows, ({ parent }) => parent),
});

const row = (more: Partial<ProductRow> = {}): ProductRow => ({
  id: 7,
  code: "30109",
  name: "Kitchen paper",
  active: true,
  salable: true,
  type: "goods",
  "template.": { active: true },
  "default_uom.": { symbol: "u" },
  "sale_uom.": { symbol: "u" },
  "account_category.": { name: "Goods 19", customer_taxes_used: [1] },
  ...more,
});

const item = (
  of: { row?: Partial<ProductRow>; price?: string | undefined; codes?: string[]; config?: object; taxes?: TaxRow[] } = {},
): FeedItem => {
  const identifiers = (of.codes ?? []).map((code, id) => ({ id, product: 7, type: "ean", code }));
  const prices = ["price" in of ? of.price : "2.8992"];
  return productItem({ row: row(of.row), identifiers, prices }, taxesOf(...(of.taxes ?? [tax(1)])), config(of.config));
};
const amountOf = (from: FeedItem): unknown => from.documents.find(({ collection }) => collection === "prices")?.fields["amount"];

describe("a product of Tryton", () => {
  test("is an article and a price with its taxes on top, as the collections take them", () => {
    const from = item({ codes: ["4006381333931", "40 06381 33393", "not a code"] });
    expect(from).toMatchObject({ key: "7", refused: [] });
    for (const { collection, id, fields } of from.documents) expect(checkFields(collection, { ...fields, id })).toBeDefined();
    expect(from.documents.map(({ id }) => id)).toEqual(["30109", "30109@all"]);
    expect(from.documents[0]?.fields).toMatchObject({ gtins: ["04006381333931", "00400638133393"], status: "active" });
    expect(amountOf(from)).toBe("345");
  });

  test.each([
    ["a group of taxes", [tax(1, { type: "none" }), tax(2, { parent: 1, rate: "0.05" }), tax(3, { parent: 1, rate: "0.1" })], "333"],
    ["an amount on top", [tax(1, { type: "fixed", rate: null, amount: "0.2500" })], "315"],
    ["no tax at all", [], "290"],
    ["a tax that is its own parent", [tax(1, { parent: 1, rate: "0" })], "290"],
  ])("%s", (_what, taxes, amount) => {
    expect(amountOf(item({ taxes }))).toBe(amount);
  });

  test("prices follow the scope: its own rates, its own currency's digits, or as they are", () => {
    const prices = (more: object): object => ({ prices: [{ scope: "store:S2", currency: "EUR", ...more }] });
    expect(amountOf(item({ config: prices({ taxRates: { "Tax 1": "25" } }) }))).toBe("362");
    expect(amountOf(item({ config: prices({ tax: "none" }) }))).toBe("290");
    expect(amountOf(item({ config: prices({ currency: "JPY" }), price: "289.9200" }))).toBe("345");
    const grouped = item({ config: prices({ customerGroup: "staff" }) });
    expect(grouped.documents[1]).toMatchObject({ id: "30109@store:S2/staff", scope: "store:S2", fields: { customerGroup: "staff" } });
  });

  test("what is not sold any more is delisted where it was known, and has no price", () => {
    for (const gone of [{ active: false }, { salable: false }, { "template.": { active: false } }])
      expect(item({ row: gone }).documents).toMatchObject([{ id: "30109", onlyIfKnown: true, fields: { status: "delisted" } }]);
  });

  test("what a till cannot use is refused by name", () => {
    expect(item({ row: { code: null } }).refused).toMatchObject([{ code: "feed.record-invalid" }]);
    expect(item({ row: { "sale_uom.": { symbol: "ctn" } } }).refused).toEqual([{ code: "feed.mapping-missing", detail: "units: ctn" }]);
    expect(item({ price: undefined }).refused).toMatchObject([{ code: "feed.record-invalid", detail: "30109: no price for all" }]);
    expect(item({ price: "NaN" }).refused).toHaveLength(1);
    expect(item({ taxes: [tax(1, { rate: null })] }).refused).toHaveLength(1);
    // The article itself is good.
    expect(item({ price: undefined }).documents.map(({ collection }) => collection)).toEqual(["products"]);
  });

  test("decimals are exact: half a cent goes away from zero, and no float is near it", () => {
    const net = (text: string) => readDecimal(text) ?? ZERO_EXACT;
    const at = (text: string, rate: string): string => priceWithTax(net(text), { rate: net(rate), fixed: ZERO_EXACT }, 2);
    expect([at("1.005", "0"), at("-1.005", "0"), at("1.0049999999999999999999", "0"), at("0E-16", "0.19")]).toEqual([
      "101",
      "-101",
      "100",
      "0",
    ]);
    expect([at("1E+2", "0"), at("8.3250", "0.2"), at("1.2056000000000000", "0.07")]).toEqual(["10000", "999", "129"]);
    for (const bad of ["NaN", "", "1,5", "1E+999", "Infinity", "9".repeat(41)]) expect(readDecimal(bad)).toBeUndefined();
  });

  test("quantities lose what floats put on", () => {
    expect([2.5000000000000004, 10_000, -0, -3, 0.001].map(quantityText)).toEqual(["2.5", "10000", "0", "-3", "0.001"]);
    for (const bad of [undefined, Number.NaN, Number.POSITIVE_INFINITY, 1e15]) expect(quantityText(bad)).toBeUndefined();
  });
});
