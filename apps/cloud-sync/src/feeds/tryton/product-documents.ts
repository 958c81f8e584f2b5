import { currencyExponent, documentIdSchema, type DocumentId } from "@tillsync/sync-protocol";
import type { Exact } from "../../connectors/tryton/decimals.ts";
import { exact } from "../../connectors/tryton/decimals.ts";
import type { FeedDocument, FeedItem, FeedRefusal } from "../feed-kind.ts";
import type { PriceWish, TrytonFeedConfig } from "./config.ts";
import { add, priceWithTax, readDecimal, ZERO_EXACT } from "./exact.ts";
import type { IdentifierRow, ProductRow, TaxRow } from "./product-rows.ts";

/** A product with everything that was read about it. */
export interface ProductFacts {
  readonly row: ProductRow;
  readonly identifiers: readonly IdentifierRow[];
  /** Tryton's price of one sales unit for each wish, in their order. */
  readonly prices: readonly (string | undefined)[];
}

export interface TaxTable {
  readonly byId: ReadonlyMap<number, TaxRow>;
  readonly childrenOf: ReadonlyMap<number | null, readonly TaxRow[]>;
}

/** What a product of Tryton is at a till: the article, and one price for each wish. Pure. */
export function productItem(facts: ProductFacts, taxes: TaxTable, config: TrytonFeedConfig): FeedItem {
  const { row } = facts;
  const key = String(row.id);
  const refuse = (code: FeedRefusal["code"], detail: string): FeedItem => ({ key, documents: [], refused: [{ code, detail }] });
  const id = documentIdSchema.safeParse(row.code ?? "");
  if (!id.success) return refuse("feed.record-invalid", `product ${row.id} has no code that a till can use`);
  const isSold = row.active && row["template."].active && row.salable;
  const symbol = (row["sale_uom."] ?? row["default_uom."]).symbol;
  const uom = Object.hasOwn(config.units, symbol) ? config.units[symbol] : undefined;
  if (uom === undefined) return refuse("feed.mapping-missing", `units: ${symbol}`);
  const product = productDocument(facts, { id: id.data, uom, isSold }, taxes, config);
  if (!isSold) return { key, documents: [product], refused: [] };
  const documents: FeedDocument[] = [product];
  const refused: FeedRefusal[] = [];
  config.prices.forEach((wish, at) => {
    const price = priceDocument(facts, { id: id.data, uom, net: facts.prices[at] }, wish, taxes);
    if ("code" in price) refused.push(price);
    else documents.push(price);
  });
  return { key, documents, refused };
}

function productDocument(
  { row, identifiers }: ProductFacts,
  { id, uom, isSold }: { id: DocumentId; uom: string; isSold: boolean },
  taxes: TaxTable,
  config: TrytonFeedConfig,
): FeedDocument {
  const category = row["account_category."];
  const department = category === null ? undefined : ownEntry(config.departments, category.name);
  const taxCategory = leavesOf(row, taxes)
    .map(({ name }) => ownEntry(config.taxCategories, name))
    .find((one) => one !== undefined);
  return {
    collection: "products",
    id,
    scope: config.scope,
    // What was never sold is not told of; what is sold no more stays known, since it may come back as a return.
    onlyIfKnown: !isSold,
    fields: {
      gtins: gtinsOf(identifiers),
      description: row.name ?? id,
      uom,
      ...(config.weighed.includes(uom) ? { weighed: true } : {}),
      ...(department === undefined ? {} : { department }),
      ...(taxCategory === undefined ? {} : { taxCategory }),
      status: isSold ? "active" : "delisted",
    },
  };
}

const ownEntry = (table: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

const GTIN = /^(\d{8}|\d{12}|\d{13}|\d{14})$/;
const GTIN_DIGITS = 14;

/** Bar codes among a product's identifiers, whatever type they were given. */
const gtinsOf = (identifiers: readonly IdentifierRow[]): string[] => [
  ...new Set(
    identifiers
      .map(({ code }) => code.replaceAll(/[\s-]/g, ""))
      .filter((code) => GTIN.test(code))
      .map((code) => code.padStart(GTIN_DIGITS, "0")),
  ),
];

function priceDocument(
  { row }: ProductFacts,
  { id, uom, net }: { id: DocumentId; uom: string; net: string | undefined },
  wish: PriceWish,
  taxes: TaxTable,
): FeedDocument | FeedRefusal {
  const { scope, currency, customerGroup } = wish;
  const invalid = (detail: string): FeedRefusal => ({ code: "feed.record-invalid", detail: `${id}: ${detail}` });
  if (net === undefined) return invalid(`no price for ${scope}`);
  const value = readDecimal(net);
  if (value === undefined) return invalid(`a price that is no number for ${scope}`);
  const tax = wish.tax === "add" ? taxOf(row, taxes, wish) : { rate: ZERO_EXACT, fixed: ZERO_EXACT };
  if (tax === undefined) return invalid("a tax that is not a percentage or a fixed amount");
  const exponent = currencyExponent(currency) ?? 0;
  return {
    collection: "prices",
    id: `${id}@${scope}${customerGroup === undefined ? "" : `/${customerGroup}`}`,
    scope,
    fields: {
      itemId: id,
      currency,
      exponent,
      amount: priceWithTax(value, tax, exponent),
      uom,
      ...(customerGroup === undefined ? {} : { customerGroup }),
    },
  };
}

const leavesOf = (row: ProductRow, taxes: TaxTable): TaxRow[] => {
  const leaves: TaxRow[] = [];
  const walk = (tax: TaxRow, depth: number): void => {
    const children = taxes.childrenOf.get(tax.id) ?? [];
    if (tax.type !== "none" || children.length === 0) leaves.push(tax);
    // A tax that is its own ancestor ends here.
    if (depth < TAX_DEPTH_MAX) for (const child of children) walk(child, depth + 1);
  };
  for (const id of row["account_category."]?.customer_taxes_used ?? []) {
    const tax = taxes.byId.get(id);
    if (tax !== undefined) walk(tax, 0);
  }
  return leaves;
};
const TAX_DEPTH_MAX = 5;

/** All taxes of a product together: parts of its net price, and amounts on top. Undefined: one of them cannot be reckoned. */
function taxOf(row: ProductRow, taxes: TaxTable, wish: PriceWish): { rate: Exact; fixed: Exact } | undefined {
  let [rate, fixed] = [ZERO_EXACT, ZERO_EXACT];
  for (const tax of leavesOf(row, taxes)) {
    const own = ownEntry(wish.taxRates, tax.name);
    const percent = own === undefined ? undefined : exact(own);
    if (percent !== undefined) rate = add(rate, { digits: percent.digits, scale: percent.scale + 2 });
    else if (tax.type === "percentage") {
      const read = readDecimal(tax.rate ?? "");
      if (read === undefined) return undefined;
      rate = add(rate, read);
    } else if (tax.type === "fixed") {
      const read = readDecimal(tax.amount ?? "");
      if (read === undefined) return undefined;
      fixed = add(fixed, read);
    }
  }
  return { rate, fixed };
}
