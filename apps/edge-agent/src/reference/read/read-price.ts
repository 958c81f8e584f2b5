import {
  choosePrice,
  decimalSchema,
  storeTimeSchema,
  type Decimal,
  type Price,
  type Scope,
  type ScopedPrice,
} from "@tillsync/sync-protocol";
import { sql } from "../../store/sql.ts";
import { findDocument, readBodies } from "../store/find-documents.ts";
import { readReference } from "../store/in-reference.ts";
import type { ReferenceStore } from "../store/reference-store.ts";
import { itemIdOf, type ItemQuery } from "./read-product.ts";

/** Prices of one item that are looked at: more are an error of the data, and would make a till wait. */
export const PRICES_READ_MAX = 1_000;

export interface PriceQuery extends ItemQuery {
  /** The store's own clock, `2026-12-01T10:30`. */
  readonly at: string;
  /** Customer group of the member at the till. */
  readonly group?: string | undefined;
  /** How much is bought, as a decimal above zero; one where it is not given. */
  readonly quantity?: string | undefined;
  /** Unit of the quantity; the one in which the item is priced, or else the product's. */
  readonly uom?: string | undefined;
  /** The store's where it is not given. */
  readonly currency?: string | undefined;
}

export interface PriceFound {
  readonly itemId: string;
  /** What one unit costs then; undefined: none of its prices is in force. One of the next two. */
  readonly price: Price | undefined;
  readonly regular: Price | undefined;
  readonly promotion: Price | undefined;
  /** Prices of the item of a shape that this version cannot read: one of them may be the right one. */
  readonly unreadable: number;
}

/**
 * What an item costs, by the rules of `choosePrice`. Undefined: no product has the code. Throws `store.*`, and a ZodError
 * for a time or quantity that is none.
 */
export function readPrice(store: ReferenceStore, query: PriceQuery): PriceFound | undefined {
  const itemId = itemIdOf(store, query);
  if (itemId === undefined) return undefined;
  const { prices, unreadable } = pricesOf(store, itemId);
  const currency = query.currency ?? ownCurrency(store) ?? theOnly(prices, ({ price }) => price.currency);
  const uom = query.uom ?? theOnly(prices, ({ price }) => price.uom) ?? findDocument(store, "products", itemId)?.uom ?? "EA";
  const none: PriceFound = { itemId, price: undefined, regular: undefined, promotion: undefined, unreadable };
  if (prices.length === 0 || currency === undefined) return none;
  const chosen = choosePrice(prices, {
    itemId,
    currency,
    uom,
    at: storeTimeSchema.parse(query.at),
    customerGroup: query.group,
    quantity: query.quantity === undefined ? ONE : decimalSchema.parse(query.quantity),
  });
  return chosen.kind === "no-price" ? none : { ...none, price: chosen.price, regular: chosen.regular, promotion: chosen.promotion };
}

const ONE = "1" as Decimal;

function pricesOf(store: ReferenceStore, itemId: string): { prices: readonly ScopedPrice[]; unreadable: number } {
  const rows = readReference(store, (file) =>
    file
      .prepare<[string, number], { scope: Scope; body: string }>(
        sql`SELECT scope, body FROM ref_prices WHERE item_id = ? AND deleted = 0 ORDER BY n DESC LIMIT ?`,
      )
      .all(itemId, PRICES_READ_MAX),
  );
  let unreadable = 0;
  const prices = rows.flatMap(({ scope, body }) => {
    const read = readBodies("prices", [body]);
    unreadable += read.unreadable;
    return read.documents.map((price) => ({ scope, price }));
  });
  return { prices, unreadable };
}

/** What all have in common; undefined where they differ, and of none. */
function theOnly(prices: readonly ScopedPrice[], of: (price: ScopedPrice) => string): string | undefined {
  const values = new Set(prices.map(of));
  return values.size === 1 ? [...values][0] : undefined;
}

/** The currency of the only store that a terminal sees. */
const ownCurrency = (store: ReferenceStore): string | undefined =>
  readReference(
    store,
    (file) =>
      file
        .prepare<[], { currency: string | null }>(
          sql`SELECT json_extract(body, '$.currency') AS currency FROM ref_stores
              WHERE deleted = 0 AND id = (SELECT substr(value, 7) FROM json_each((SELECT value FROM meta WHERE key = 'scopes')) WHERE value LIKE 'store:%')`,
        )
        .get()?.currency ?? undefined,
  );
