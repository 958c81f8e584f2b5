import { createHash } from "node:crypto";
import { isRetail, stockFacts, type StockFact, type Transaction } from "@tillsync/sync-protocol";
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
  /** Articles that are not at the location are left out: tills sell what no shop stocks. */
  readonly leavesOut: boolean;
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
 * What an item changes in its store's stock, less what the revision before it changed: counts and movements of goods, and
 * receipts where the configuration says so. Weights are left out: Shopify counts whole units. Pure.
 */
export function planStock(item: DeliveryItem, config: ShopifyConfig): PlannedStock {
  const { transaction, previous, voided } = item;
  const isReceipt = transaction.transactionType !== "Inventory";
  if (config.stock === undefined || (isReceipt && !config.stock.receipts)) return { kind: "nothing", reason: "stock is not configured" };
  const story = { transaction, previous: previous?.transaction, voided: voided?.transaction, isVoided: item.isVoided };
  const facts = stockFacts(story);
  const [kind, ...others] = new Set(facts.map((fact) => fact.kind));
  if (kind === undefined) return { kind: "nothing", reason: "no stock moved" };
  if (others.length > 0)
    return { kind: "rejected", detail: "a count became a movement, or a movement a count: put the stock right by hand" };
  const { store } = transaction.identity;
  const location = Object.hasOwn(config.stock.locations, store) ? config.stock.locations[store] : undefined;
  const missing = location === undefined ? [{ table: "stock.locations", code: store }] : [];
  const sums = sumBySku(facts, [transaction, previous?.transaction, voided?.transaction], config);
  if (missing.length + sums.missing.length > 0) return { kind: "mapping-missing", missing: [...missing, ...sums.missing] };
  const tooLarge = [...sums.levels].find(([, quantity]) => quantity > QUANTITY_MAX || quantity < -QUANTITY_MAX);
  if (tooLarge !== undefined) return { kind: "rejected", detail: `more of ${tooLarge[0]} than Shopify can hold` };
  const levels = [...sums.levels].flatMap(([sku, quantity]) =>
    kind === "movement" && quantity === 0n ? [] : [{ sku, quantity: Number(quantity) }],
  );
  if (levels.length === 0) return { kind: "nothing", reason: "no whole units moved" };
  const common = { kind, location: `gid://shopify/Location/${location}`, reason: reasonOf(item, levels), leavesOut: isReceipt };
  return {
    kind: "stock",
    parts: chunksOf(levels).map((some, at) => ({ reference: `${item.identity}-s${at}`, ...common, levels: some })),
  };
}

function reasonOf({ transaction, previous }: DeliveryItem, levels: readonly PlannedLevel[]): string {
  if (transaction.transactionType === "Inventory") return previous === undefined ? REASONS[transaction.inventory.kind] : REASONS.adjustment;
  return levels.every(({ quantity }) => quantity > 0) ? "restock" : "other";
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
  const gtins = new Map(of.flatMap((one) => (one === undefined ? [] : itemsOf(one))).map(({ itemId, gtin }) => [itemId, gtin]));
  const levels = new Map<string, bigint>();
  for (const { itemId, quantity } of facts) {
    if (!/^-?\d+(\.0+)?$/.test(quantity)) continue;
    const gtin = gtins.get(itemId);
    const sku = translation.item(gtin === undefined ? { itemId } : { itemId, gtin });
    levels.set(sku, (levels.get(sku) ?? 0n) + BigInt(quantity.split(".")[0] ?? "0"));
  }
  return { levels, missing: translation.missing };
}

const itemsOf = (transaction: Transaction): readonly { readonly itemId: string; readonly gtin?: string | undefined }[] =>
  transaction.transactionType === "Inventory" ? transaction.inventory.items : isRetail(transaction) ? transaction.lines : [];

const chunksOf = (levels: readonly PlannedLevel[]): PlannedLevel[][] =>
  Array.from({ length: Math.ceil(levels.length / PART_LEVELS_MAX) }, (_, at) =>
    levels.slice(at * PART_LEVELS_MAX, (at + 1) * PART_LEVELS_MAX),
  );
