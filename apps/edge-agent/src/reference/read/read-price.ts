import type { Price } from "@tillsync/sync-protocol";
import { findDocuments } from "../store/find-documents.ts";
import type { ReferenceStore } from "../store/reference-store.ts";
import { choosePrice } from "./choose-price.ts";
import { itemIdOf, type ItemQuery } from "./read-product.ts";

export interface PriceQuery extends ItemQuery {
  /** The store's own clock, `2026-12-01T10:30`. */
  readonly at: string;
  /** Customer group of the member at the till. */
  readonly group?: string | undefined;
  /** How much is bought, as a decimal; one where it is not given. */
  readonly quantity?: string | undefined;
}

export interface PriceFound {
  readonly itemId: string;
  /** What it costs then; undefined: none of its prices is in force. */
  readonly price: Price | undefined;
  /** Prices of the item of a shape that this version cannot read: one of them may be the right one. */
  readonly unreadable: number;
}

/** What an item costs. Undefined: no product has the code. Throws `store.*`. */
export function readPrice(store: ReferenceStore, query: PriceQuery): PriceFound | undefined {
  const itemId = itemIdOf(store, query);
  if (itemId === undefined) return undefined;
  const { documents, unreadable } = findDocuments(store, "prices", "item_id", itemId);
  return { itemId, price: choosePrice(documents, query), unreadable };
}
