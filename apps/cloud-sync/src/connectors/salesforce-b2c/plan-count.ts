import { stockFacts } from "@tillsync/sync-protocol";
import type { DeliveryItem, MissingCode } from "../connector.ts";
import { startTranslation } from "../mapping/translate.ts";
import type { SalesforceB2cConfig } from "./manifest.ts";

/** What a count found of each product of one inventory list. */
export interface PlannedCount {
  readonly reference: string;
  readonly list: string;
  /** From when on B2C Commerce takes off what its orders sell: when the cloud received the count, to the second. */
  readonly resetDate: string;
  readonly products: readonly { readonly id: string; readonly amount: number }[];
}

export type CountPlan =
  | { readonly kind: "count"; readonly count: PlannedCount }
  | { readonly kind: "nothing"; readonly reason: string }
  | { readonly kind: "mapping-missing"; readonly missing: readonly MissingCode[] }
  | { readonly kind: "rejected"; readonly detail: string };

/** Digits that a number of B2C Commerce (a double) holds for certain. */
const DIGITS_MAX = 15;

/** A count as the allocations of an inventory list. Movements are nothing: the API knows absolute amounts alone. Pure. */
export function planCount(item: DeliveryItem, config: SalesforceB2cConfig): CountPlan {
  const { transaction } = item;
  if (transaction.transactionType !== "Inventory") return { kind: "nothing", reason: "no goods that moved without a sale" };
  // What was counted stays counted, whatever it was before: a correction is a count again.
  const facts = stockFacts({ transaction, isVoided: item.isVoided }).filter(({ kind }) => kind === "count");
  if (facts.length === 0)
    return { kind: "nothing", reason: "only counts change an inventory list: a movement could not be told from its repeat" };
  const translation = startTranslation(config.mapping);
  const list = translation.store(transaction.identity.store);
  const gtins = new Map(transaction.inventory.items.map(({ itemId, gtin }) => [itemId, gtin]));
  const products = facts.map(({ itemId, quantity }) => {
    const gtin = gtins.get(itemId);
    return { id: translation.item(gtin === undefined ? { itemId } : { itemId, gtin }), quantity };
  });
  if (translation.missing.length > 0) return { kind: "mapping-missing", missing: translation.missing };
  const below = products.find(({ quantity }) => quantity.startsWith("-"));
  if (below !== undefined) return { kind: "rejected", detail: `less than nothing was counted of ${below.id}` };
  const twice = products.find(({ id }, at) => products.findIndex((other) => other.id === id) !== at);
  if (twice !== undefined) return { kind: "rejected", detail: `${twice.id} was counted under two articles or in two units` };
  const long = products.find(({ quantity }) => quantity.replace(".", "").length > DIGITS_MAX);
  if (long !== undefined) return { kind: "rejected", detail: `the amount of ${long.id} has more digits than the API can hold` };
  const resetDate = new Date(item.receivedAtMs).toISOString().replace(/\.\d{3}Z$/, "Z");
  return {
    kind: "count",
    count: { reference: item.identity, list, resetDate, products: products.map(({ id, quantity }) => ({ id, amount: Number(quantity) })) },
  };
}

export const pathOfRecord = (list: string, product: string): string =>
  `/inventory_lists/${encodeURIComponent(list)}/product_inventory_records/${encodeURIComponent(product)}`;
