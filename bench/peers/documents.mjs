/* The same sales as documents, for libraries that keep documents: one object each, with a key of its own. */
import { createSales } from "../src/sales/sales.ts";

/** @param {number} count */
export function createDocuments(count) {
  const sales = createSales();
  return Array.from({ length: count }, (_, i) => ({ id: `till-1-${String(i + 1).padStart(9, "0")}`, sale: sales.next() }));
}
