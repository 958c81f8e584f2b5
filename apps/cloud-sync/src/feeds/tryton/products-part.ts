import { FeedFailed, type FeedItem, type FeedPage, type FeedPart } from "../feed-kind.ts";
import { later, nextStamp, readFrom, readStamp } from "../stamp.ts";
import { changedSince, nextPage, type AskTryton } from "./ask-tryton.ts";
import { pageOf, type PriceWish, type TrytonFeedConfig } from "./config.ts";
import { productItem, type TaxTable } from "./product-documents.ts";
import { currencyRow, identifierRow, namedRow, productRow, salePriceRow, taxRow, type ProductRow } from "./product-rows.ts";

/** Tables that are small, and that every product or price follows from. */
const BASE = ["account.tax", "product.category", "product.uom"];
const PRICE_LISTS = ["product.price_list", "product.price_list.line"];
/** Taxes and identifiers that are read at once. */
const ROWS_MAX = 5_000;

/** Products with their prices, inactive ones too: those that tills know are told to be delisted. */
export function productsPart(ask: AskTryton, config: TrytonFeedConfig, nowMs: () => number): FeedPart {
  const base = config.prices.some(({ priceList }) => priceList !== undefined) ? [...BASE, ...PRICE_LISTS] : BASE;
  const take = pageOf(config, 1 + config.prices.length);
  const found: Found = { taxes: undefined, contexts: new Map() };
  return {
    name: "products",
    begin: async (since) => {
      found.taxes = undefined;
      const newest = later(await ask.newest("product.product"), await ask.newest("product.template"));
      const digests: string[] = [];
      for (const model of base) digests.push(await ask.digest(model));
      const known = readStamp(since);
      const leantOn = digests.join(" ");
      const to = nextStamp(known, newest, leantOn, nowMs(), config.overlapMs);
      return { to, everything: known !== undefined && known.base !== leantOn };
    },
    page: async (since, after): Promise<FeedPage> => {
      const past = Number(after ?? 0);
      const stamp = readStamp(since);
      const from = stamp && readFrom(stamp, config.overlapMs);
      const changed = from === undefined ? [] : [changedSince(from, ["template.", "identifiers."])];
      const domain = [["id", ">", past], ...changed];
      const rows = await ask.search("product.product", domain, productRow, take);
      const next = nextPage(rows, past);
      return { items: await itemsOf(ask, config, found, rows), next };
    },
    items: async (keys) => {
      const ids = keys.map(Number).filter(Number.isSafeInteger);
      return itemsOf(ask, config, found, await ask.search("product.product", [["id", "in", ids]], productRow, keys.length));
    },
  };
}

/** What is looked up once: tables that every product leans on, and Tryton's ids of what the file names. */
interface Found {
  taxes: TaxTable | undefined;
  /** By wish: the context that Tryton reckons its price by. */
  readonly contexts: Map<PriceWish, object>;
}

async function itemsOf(ask: AskTryton, config: TrytonFeedConfig, found: Found, rows: readonly ProductRow[]): Promise<FeedItem[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const identifiers = Map.groupBy(
    await ask.search("product.identifier", [["product", "in", ids]], identifierRow, ROWS_MAX),
    ({ product }) => product,
  );
  const taxes = (found.taxes ??= await readTaxes(ask));
  const prices: ReadonlyMap<number, string | undefined>[] = [];
  for (const wish of config.prices) {
    const context = found.contexts.get(wish) ?? (await findContext(ask, wish));
    found.contexts.set(wish, context);
    const answer = await ask.read("product.product", ids, salePriceRow, context);
    prices.push(new Map(answer.map(({ id, sale_price_uom: price }) => [id, price ?? undefined])));
  }
  return rows.map((row) =>
    productItem({ row, identifiers: identifiers.get(row.id) ?? [], prices: prices.map((of) => of.get(row.id)) }, taxes, config),
  );
}

async function readTaxes(ask: AskTryton): Promise<TaxTable> {
  const rows = await ask.search("account.tax", [], taxRow, ROWS_MAX);
  return { byId: new Map(rows.map((row) => [row.id, row])), childrenOf: Map.groupBy(rows, ({ parent }) => parent) };
}

/** Tryton reckons a price by what the context says: currency and price list. A name that means another one later is a new set-up. */
async function findContext(ask: AskTryton, wish: PriceWish): Promise<object> {
  const [currency] = await ask.search("currency.currency", [["code", "=", wish.currency]], currencyRow, 1);
  if (currency === undefined) throw new FeedFailed({ kind: "set-up", detail: `Tryton has no currency ${wish.currency}` });
  const list = wish.priceList === undefined ? {} : { price_list: await findPriceList(ask, wish.priceList) };
  return { currency: currency.id, ...list };
}

async function findPriceList(ask: AskTryton, name: string): Promise<number> {
  const [found, other] = await ask.search("product.price_list", [["name", "=", name]], namedRow, 2);
  if (found === undefined) throw new FeedFailed({ kind: "set-up", detail: `Tryton has no price list ${name}` });
  if (other !== undefined) throw new FeedFailed({ kind: "set-up", detail: `Tryton has two price lists ${name}` });
  return found.id;
}
