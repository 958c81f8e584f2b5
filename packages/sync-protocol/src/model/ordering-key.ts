import { naturalKey, referencedKey, type NaturalKey } from "./identity.ts";
import { isRetail, type Transaction } from "./transaction.ts";

/**
 * What a destination must see in order: a sale, its revisions, its returns and its void share the key of the sale.
 * A return that names no receipt (a blind one), and everything else, is ordered by its own key.
 */
export function orderingKey(transaction: Transaction): NaturalKey {
  const own = naturalKey(transaction.identity);
  if (!isRetail(transaction)) return own;
  if (transaction.voids !== undefined) return naturalKey(transaction.voids);
  const returned = transaction.lines.find((line) => line.returnOf !== undefined)?.returnOf;
  return (returned && referencedKey(returned)) ?? own;
}
