import { createHash } from "node:crypto";
import { stockFacts, type StockFact, type Transaction } from "@tillsync/sync-protocol";
import type { DeliveryItem, MissingCode } from "../../connector.ts";
import { startTranslation } from "../../mapping/translate.ts";
import type { ShopifyConfig } from "../manifest.ts";

/** Articles that one request changes: far below what Shopify takes in a list (250), and little enough for a journal's entry. */
export const PART_LEVELS_MAX = 100;
/** What Shopify holds of one article at most, either way. */
const QUANTITY_MAX = 1_000_000_000n;

/** Stock on hand that was found (`count`), or by how much it changed (`movement`). */
export interface PlannedLevel {
  readonly sku: string;
  readonly quantity: number;
}

/** A part of a count or a movement that goes to Shopify in one request. */
export interface StockPart {
  readonly reference: string;
  readonly kind: "count" | "movement";
  /** Id of the location, as Shopify's API writes it. */
  readonly location: string;
  readonly reason: string;
  readonly levels: readonly PlannedLevel[];
}

export type PlannedStock =
  | { readonly kind: "stock"; readonly parts: readonly StockPart[] }
  | { readonly kind: "nothing"; readonly reason: string }
  | { readonly kind: "mapping-missing"; readonly missing: readonly MissingCode[] }
  | { readonly kind: "rejected"; readonly detail: string };

type Inventory = Extract<Transaction, { transactionType: "Inventory" }>;

/** Why stock moved, in Shopify's words. */
const REASONS: Readonly<Record<Inventory["inventory"]["kind"], string>> = {
  adjustment: "correction",
  receiving: "received",
  transferIn: "received",
  transferOut: "other",
  count: "cycle_count_available",
  waste: "shrinkage",
  other: "other",
};

/**
 * What a count or a movement of goods changes at Shopify, less what the revision before it changed. Weights are left out:
 * Shopify counts whole units. Pure.
 */
export function planStock(item: DeliveryItem, config: ShopifyConfig): PlannedStock {
  const { transaction, previous } = item;
  if (transaction.transactionType !== "Inventory") return { kind: "nothing", reason: "no goods that moved without a sale" };
  if (config.stock === undefined) return { kind: "nothing", reason: "stock is not configured" };
  const facts = stockFacts({ transaction, previous: previous?.transaction, isVoided: item.isVoided });
  const [kind, ...others] = new Set(facts.map((fact) => fact.kind));
  if (kind === undefined) return { kind: "nothing", reason: "no stock moved" };
  if (others.length > 0)
    return { kind: "rejected", detail: "a count became a movement, or a movement a count: put the stock right by hand" };
  const { store } = transaction.identity;
  const location = Object.hasOwn(config.stock.locations, store) ? config.stock.locations[store] : undefined;
  const missing = location === undefined ? [{ table: "stock.locations", code: store }] : [];
  const sums = sumBySku(facts, [transaction, previous?.transaction], config);
  if (missing.length + sums.missing.length > 0) return { kind: "mapping-missing", missing: [...missing, ...sums.missing] };
  const tooLarge = [...sums.levels].find(([, quantity]) => quantity > QUANTITY_MAX || quantity < -QUANTITY_MAX);
  if (tooLarge !== undefined) return { kind: "rejected", detail: `more of ${tooLarge[0]} than Shopify can hold` };
  const levels = [...sums.levels].flatMap(([sku, quantity]) =>
    kind === "movement" && quantity === 0n ? [] : [{ sku, quantity: Number(quantity) }],
  );
  if (levels.length === 0) return { kind: "nothing", reason: "no whole units moved" };
  const reason = previous === undefined ? REASONS[transaction.inventory.kind] : REASONS.adjustment;
  const common = { kind, location: `gid://shopify/Location/${location}`, reason };
  return {
    kind: "stock",
    parts: chunksOf(levels).map((some, at) => ({ reference: `${item.identity}-s${at}`, ...common, levels: some })),
  };
}

/** Name of a part's entry in the journal. Shopify writes handles small and changes what is no letter or digit. */
export const handleOf = (reference: string): string => `t-${createHash("sha256").update(reference).digest("hex").slice(0, 40)}`;

/** Articles that share a SKU add up; so do several places of one count. */
function sumBySku(
  facts: readonly StockFact[],
  of: readonly (Transaction | undefined)[],
  { mapping }: ShopifyConfig,
): { readonly levels: ReadonlyMap<string, bigint>; readonly missing: readonly MissingCode[] } {
  const translation = startTranslation(mapping);
  const gtins = new Map(
    of.flatMap((one) =>
      one?.transactionType === "Inventory" ? one.inventory.items.map(({ itemId, gtin }) => [itemId, gtin] as const) : [],
    ),
  );
  const levels = new Map<string, bigint>();
  for (const { itemId, quantity } of facts) {
    if (!/^-?\d+(\.0+)?$/.test(quantity)) continue;
    const gtin = gtins.get(itemId);
    const sku = translation.item(gtin === undefined ? { itemId } : { itemId, gtin });
    levels.set(sku, (levels.get(sku) ?? 0n) + BigInt(quantity.split(".")[0] ?? "0"));
  }
  return { levels, missing: translation.missing };
}

const chunksOf = (levels: readonly PlannedLevel[]): PlannedLevel[][] =>
  Array.from({ length: Math.ceil(levels.length / PART_LEVELS_MAX) }, (_, at) =>
    levels.slice(at * PART_LEVELS_MAX, (at + 1) * PART_LEVELS_MAX),
  );
