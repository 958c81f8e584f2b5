import { z } from "zod";
import type { Outcome } from "../../outcome.ts";
import { callShopify, type ShopifyLine } from "../line.ts";
import type { StockEntry } from "./journal.ts";

const GROUP = `inventoryAdjustmentGroup { id referenceDocumentUri } userErrors { code message }`;
// Shopify refuses both without a key since release 2026-04, though its schema does not ask for one.
const MOVE = `mutation MoveStock($input: InventoryAdjustQuantitiesInput!, $key: String!) {
  changed: inventoryAdjustQuantities(input: $input) @idempotent(key: $key) { ${GROUP} } }`;
const COUNT = `mutation CountStock($input: InventorySetQuantitiesInput!, $key: String!) {
  changed: inventorySetQuantities(input: $input) @idempotent(key: $key) { ${GROUP} } }`;

const changedSchema = z.object({
  changed: z.object({
    inventoryAdjustmentGroup: z.object({ id: z.string().min(1), referenceDocumentUri: z.string().nullable() }).nullable(),
    userErrors: z.array(z.object({ code: z.string().nullable(), message: z.string() })),
  }),
});

/**
 * What became of an attempt: `changed` with Shopify's id of it (undefined: it was right already), `stale` when the stock is
 * not what the attempt starts from, `failed-before` when its key is known for one that moved nothing, `refused` for good.
 */
export type Changed =
  | { readonly kind: "changed"; readonly group: string | undefined }
  | { readonly kind: "stale" }
  | { readonly kind: "failed-before" }
  | { readonly kind: "refused"; readonly code: string };

const STALE = new Set(["CHANGE_FROM_QUANTITY_STALE", "COMPARE_QUANTITY_STALE"]);
const LATER = new Set(["IDEMPOTENCY_CONCURRENT_REQUEST", "ADJUST_QUANTITIES_FAILED", "SERVICE_UNAVAILABLE"]);

/** Makes the changes of an entry, all or none, if the stock is still what they start from. The same entry again is the same request under the same key. */
export async function changeStock(line: ShopifyLine, entry: StockEntry): Promise<Outcome<Changed>> {
  const { kind, location, reason, reference, attempt, changes } = entry;
  const referenceDocumentUri = `gid://tillsync/Stock/${reference}`;
  const common = { reason, referenceDocumentUri };
  const input =
    kind === "count"
      ? {
          ...common,
          name: "on_hand",
          quantities: changes.map(({ item, from, to }) => ({
            inventoryItemId: item,
            locationId: location,
            quantity: to,
            changeFromQuantity: from,
          })),
        }
      : {
          ...common,
          name: "available",
          changes: changes.map(({ item, from, to }) => ({
            inventoryItemId: item,
            locationId: location,
            delta: to - from,
            changeFromQuantity: from,
          })),
        };
  const made = await callShopify(line, kind === "count" ? COUNT : MOVE, { input, key: `${reference}-${attempt}` }, changedSchema);
  if (made.kind !== "ok") return made;
  const { inventoryAdjustmentGroup: group, userErrors } = made.value.changed;
  const [first] = userErrors;
  if (first === undefined) {
    if (group !== null && group.referenceDocumentUri !== referenceDocumentUri)
      return { kind: "foreign", detail: "the answer's change of stock is another's" };
    return { kind: "ok", value: { kind: "changed", group: group?.id } };
  }
  const code = first.code ?? "";
  if (STALE.has(code)) return { kind: "ok", value: { kind: "stale" } };
  if (code === "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED") return { kind: "ok", value: { kind: "failed-before" } };
  if (LATER.has(code)) return { kind: "theirs", detail: code };
  if (code === "" || code === "IDEMPOTENCY_KEY_PARAMETER_MISMATCH") return { kind: "uncertain", detail: code || "an error without a code" };
  return { kind: "ok", value: { kind: "refused", code } };
}
