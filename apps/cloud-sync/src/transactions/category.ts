import { isRetail, type Transaction } from "@tillsync/sync-protocol";

/** What a destination can ask for in `include`. */
export const categories = ["sales", "orders", "control", "tender-control", "inventory"] as const;
export type Category = (typeof categories)[number];

/**
 * Which of a destination's wishes a transaction answers. `undefined`: it goes to nobody - training, suspended, resumed
 * and cancelled receipts are kept and counted, and never leave as business.
 */
export function categoryOf(transaction: Transaction): Category | undefined {
  if (transaction.trainingMode === true) return undefined;
  if (transaction.status !== "completed" && transaction.status !== "postVoided") return undefined;
  if (isRetail(transaction)) return transaction.transactionType === "CustomerOrder" ? "orders" : "sales";
  if (transaction.transactionType === "TenderControl") return "tender-control";
  return transaction.transactionType === "Inventory" ? "inventory" : "control";
}
