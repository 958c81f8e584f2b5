import { setImmediate as afterOthers } from "node:timers/promises";
import { TillsyncError, type Product, type StoreTime } from "@tillsync/sync-protocol";
import type { ReadDeps } from "../intake/reads.ts";
import { storeNow } from "../intake/store-clock.ts";
import { readPrice } from "../reference/read/read-price.ts";
import { asGtin14, readProduct } from "../reference/read/read-product.ts";
import { readStockLevel } from "../reference/read/read-stock-level.ts";
import { readReference } from "../reference/store/in-reference.ts";
import { freshAt } from "../reference/store/positions.ts";
import type { ProductFound, ProductsAnswer } from "../window-api/look-up.ts";
import { searchProducts } from "./search-products.ts";

export type LookUpDeps = Pick<ReadDeps, "reference" | "enrolment" | "wallMs">;

/**
 * Articles by what a person types or scans: the one with that item number, the one with that code, then those with these
 * words. With what each costs by the store's clock of now and what the shelf should hold. Throws `store.*`.
 */
export async function findProducts(deps: LookUpDeps, text: string, limit: number, gone?: AbortSignal): Promise<ProductsAnswer> {
  const exact = exactly(deps, text);
  const ids = new Set([...exact, ...(await searchProducts(deps.reference, text, gone))]);
  const at = storeNow(deps);
  const rows: ProductFound[] = [];
  for (const id of ids) {
    if (rows.length > limit || gone?.aborted === true) break;
    const product = readOne(() => readProduct(deps.reference, { itemId: id }));
    if (product !== undefined) rows.push(present(deps, product, at));
    await afterOthers();
  }
  return { rows: rows.slice(0, limit), more: rows.length > limit, asOfMs: freshness(deps) };
}

function exactly({ reference }: LookUpDeps, text: string): string[] {
  const byNumber = readOne(() => readProduct(reference, { itemId: text }));
  const byCode = asGtin14(text) === undefined ? undefined : readOne(() => readProduct(reference, { gtin: text }));
  return [byNumber, byCode].flatMap((product) => product?.id ?? []);
}

function present(deps: LookUpDeps, product: Product, at: StoreTime): ProductFound {
  const { id: itemId, description, gtins, status, uom, department, ageRestriction } = product;
  const found = readOne(() => readPrice(deps.reference, { itemId, at }));
  const stock = readOne(() => readStockLevel(deps.reference, { itemId }));
  const { price, regular } = found ?? {};
  return {
    itemId,
    description,
    gtins,
    status,
    uom,
    department: department ?? null,
    ageRestriction: ageRestriction ?? null,
    price:
      price === undefined
        ? null
        : {
            amount: price.amount,
            currency: price.currency,
            exponent: price.exponent,
            kind: price.kind,
            regular: regular?.amount ?? null,
            validUntil: price.validUntil ?? null,
          },
    stock: stock?.onHand ?? null,
  };
}

/** When both goods and prices were known to be as the cloud has them; null: they have not come down yet. */
function freshness({ reference }: LookUpDeps): number | null {
  const [products, prices] = readReference(reference, (file) => [freshAt(file, "products"), freshAt(file, "prices")]);
  return products === null || products === undefined || prices === null || prices === undefined ? null : Math.min(products, prices);
}

/** A document of a later version's shape is not shown, and hides no other. */
function readOne<T>(read: () => T | undefined): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof TillsyncError && error.code.startsWith("reference.")) return undefined;
    throw error;
  }
}
