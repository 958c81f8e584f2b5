import { z } from "zod";
import type { MissingCode } from "../../connector.ts";
import type { Fault, Outcome } from "../../outcome.ts";
import { callShopify, type ShopifyLine } from "../line.ts";
import type { StockPart } from "./plan-stock.ts";

/** SKUs of one search: a search's text and its cost stay small. */
const SKUS_PER_SEARCH = 25;

const LEVEL = `id sku inventoryLevel(locationId: $location) { quantities(names: ["available", "on_hand"]) { name quantity updatedAt } }`;
const FIND = `query FindStock($query: String!, $location: ID!) { inventoryItems(first: 100, query: $query) { nodes { ${LEVEL} } } }`;
const READ = `query ReadStock($ids: [ID!]!, $location: ID!) { nodes(ids: $ids) { ... on InventoryItem { ${LEVEL} } } }`;

const itemSchema = z.object({
  id: z.string().min(1),
  sku: z.string().nullable(),
  inventoryLevel: z
    .object({ quantities: z.array(z.object({ name: z.string(), quantity: z.number().int(), updatedAt: z.string().nullable() })) })
    .nullable(),
});
const findSchema = z.object({ inventoryItems: z.object({ nodes: z.array(itemSchema) }) });
const readSchema = z.object({ nodes: z.array(itemSchema.nullable()) });

/** Stock of one article at the location: `available` of a movement, `on_hand` of a count. */
export interface Level {
  readonly item: string;
  readonly sku: string;
  readonly quantity: number;
  /** When it was last changed, by Shopify's clock; undefined: Shopify does not tell. */
  readonly changedAt: string | undefined;
}

type Kind = StockPart["kind"];
export type Found = Outcome<ReadonlyMap<string, Level>> | { readonly kind: "mapping-missing"; readonly missing: readonly MissingCode[] };

/** The levels of a part by SKU. All that are not at Shopify are told at once, and nothing is sent, unless they are left out. */
export async function findLevels(line: ShopifyLine, { kind, location, levels, leavesOut }: StockPart): Promise<Found> {
  const found = new Map<string, Level>();
  for (let at = 0; at < levels.length; at += SKUS_PER_SEARCH) {
    const skus = levels.slice(at, at + SKUS_PER_SEARCH).map(({ sku }) => sku);
    const query = skus.map((sku) => `sku:"${sku.replaceAll(/["\\]/g, String.raw`\$&`)}"`).join(" OR ");
    const read = await callShopify(line, FIND, { query, location }, findSchema);
    if (read.kind !== "ok") return read;
    for (const node of read.value.inventoryItems.nodes) {
      if (node.sku === null || !skus.includes(node.sku)) continue;
      if (leavesOut && node.inventoryLevel === null) continue;
      if (found.has(node.sku)) return { kind: "rejected", detail: `two articles at Shopify have the SKU ${node.sku}` };
      const level = levelOf(node, node.sku, kind);
      if ("kind" in level) return level;
      found.set(node.sku, level);
    }
  }
  const missing = levels.flatMap(({ sku }) => (found.has(sku) ? [] : [{ table: "items", code: sku }]));
  return missing.length > 0 && !leavesOut ? { kind: "mapping-missing", missing } : { kind: "ok", value: found };
}

/** The levels of articles by Shopify's ids; one that is gone is left out. */
export async function readLevels(
  line: ShopifyLine,
  { kind, location, ids }: { readonly kind: Kind; readonly location: string; readonly ids: readonly string[] },
): Promise<Outcome<ReadonlyMap<string, Level>>> {
  const read = await callShopify(line, READ, { ids, location }, readSchema);
  if (read.kind !== "ok") return read;
  const levels = read.value.nodes.flatMap((node) => {
    const level = node === null ? undefined : levelOf(node, node.sku ?? "", kind);
    return level === undefined || "kind" in level ? [] : [[level.item, level] as const];
  });
  return { kind: "ok", value: new Map(levels) };
}

function levelOf({ id, inventoryLevel }: z.infer<typeof itemSchema>, sku: string, kind: Kind): Level | Fault {
  if (inventoryLevel === null) return { kind: "rejected", detail: `${sku} is not stocked at the location: stock it there, then retry` };
  const wanted = inventoryLevel.quantities.find(({ name }) => name === (kind === "count" ? "on_hand" : "available"));
  if (wanted === undefined) return { kind: "uncertain", detail: "a level without its quantity" };
  return { item: id, sku, quantity: wanted.quantity, changedAt: wanted.updatedAt ?? undefined };
}
