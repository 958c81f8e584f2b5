import type { VendureOrder } from "./operations.ts";
import type { PlannedLine } from "./plan.ts";

/** How an order's lines stand to the planned ones. `part`: those that are there are right, and `missing` are not there yet. */
export type Comparison =
  | { readonly kind: "equal" }
  | { readonly kind: "part"; readonly missing: readonly PlannedLine[] }
  | { readonly kind: "other" };

/** Vendure makes one line of two that are alike; so do we. */
export function mergeLines(lines: readonly PlannedLine[]): PlannedLine[] {
  const merged = new Map<string, PlannedLine>();
  for (const line of lines) {
    const key = keyOf(line.line, line.sku, line.unitPrice);
    merged.set(key, { ...line, quantity: line.quantity + (merged.get(key)?.quantity ?? 0) });
  }
  return [...merged.values()];
}

/** Compares with what was ordered, whatever was cancelled since. */
export function compareLines(planned: readonly PlannedLine[], order: VendureOrder): Comparison {
  const wanted = new Map(mergeLines(planned).map((line) => [keyOf(line.line, line.sku, line.unitPrice), line]));
  for (const line of order.lines) {
    const key = keyOf(line.customFields.posLine ?? "", line.productVariant.sku, line.unitPriceWithTax);
    // Set when an order is placed; until then it is zero.
    const ordered = line.orderPlacedQuantity === 0 ? line.quantity : line.orderPlacedQuantity;
    if (wanted.get(key)?.quantity !== ordered) return { kind: "other" };
    wanted.delete(key);
  }
  return wanted.size === 0 ? { kind: "equal" } : { kind: "part", missing: [...wanted.values()] };
}

const keyOf = (line: string, sku: string, unitPrice: number): string => JSON.stringify([line, sku, unitPrice]);
