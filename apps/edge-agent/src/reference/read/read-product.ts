import { assert, type Product } from "@tillsync/sync-protocol";
import { sql } from "../../store/sql.ts";
import { findDocument } from "../store/find-documents.ts";
import { readReference } from "../store/in-reference.ts";
import type { ReferenceStore } from "../store/reference-store.ts";

/** What a scanner or a person names an article by. */
export interface ItemQuery {
  readonly itemId?: string | undefined;
  /** 8 to 14 digits as scanned; shorter ones are the same code with zeros before. */
  readonly gtin?: string | undefined;
}

/** A GTIN as documents have it: in 14 digits. Undefined: no GTIN. */
export const asGtin14 = (text: string): string | undefined => (/^\d{8,14}$/.test(text) ? text.padStart(14, "0") : undefined);

/**
 * The product of an item number or a scanned code; undefined where there is none. Two products with one code are an error
 * of the data: the one whose first code it is, or else the one that changed last, is given. Give one of both. Throws `store.*`, `reference.*`.
 */
export function readProduct(store: ReferenceStore, query: ItemQuery): Product | undefined {
  const id = itemIdOf(store, query);
  return id === undefined ? undefined : findDocument(store, "products", id);
}

/** The item number that a query means; undefined for a code that no product has. */
export function itemIdOf(store: ReferenceStore, { itemId, gtin }: ItemQuery): string | undefined {
  if (itemId !== undefined) return itemId;
  assert(gtin !== undefined, "item number or GTIN");
  const gtin14 = asGtin14(gtin);
  if (gtin14 === undefined) return undefined;
  return readReference(
    store,
    (file) =>
      (file.prepare<[string], { id: string }>(BY_FIRST_CODE).get(gtin14) ?? file.prepare<[string], { id: string }>(BY_CODE).get(gtin14))
        ?.id,
  );
}

const BY_FIRST_CODE = sql`SELECT id FROM ref_products WHERE gtin = ? AND deleted = 0 ORDER BY n DESC LIMIT 1`;
const BY_CODE = sql`
  SELECT p.id FROM ref_product_gtin g JOIN ref_products p ON p.id = g.id WHERE g.gtin = ? AND p.deleted = 0 ORDER BY p.n DESC LIMIT 1`;
