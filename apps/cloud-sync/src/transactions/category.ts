import type { Transaction } from "@tillsync/sync-protocol";

/** What a destination can ask for in `include`. */
export const categories = [
  "sales",
  "orders",
  "order-status",
  "members",
  "inventory",
  "day-close",
  "control",
  "tender-control",
  "stored-value",
] as const;
export type Category = (typeof categories)[number];

const CATEGORY_OF = {
  RetailTransaction: "sales",
  CustomerOrder: "orders",
  OrderStatus: "order-status",
  MemberChange: "members",
  Inventory: "inventory",
  TenderControl: "tender-control",
  FiscalControl: "control",
  StoredValue: "stored-value",
} as const;

/** Ends of a day, with the till's own totals where it prints them: what accounts are settled by. */
const DAY_CLOSES = new Set(["storeClose", "tillClose", "zReport"]);

/**
 * Which of a destination's wishes a transaction answers. `undefined`: it goes to nobody - training, suspended, resumed
 * and cancelled receipts are kept and counted, and never leave as business. A step of an order that was told late or again
 * goes to nobody either, which only its order's state can tell: see `decidePage`.
 */
export function categoryOf(transaction: Transaction): Category | undefined {
  if (transaction.trainingMode === true) return undefined;
  if (transaction.status !== "completed" && transaction.status !== "postVoided") return undefined;
  // Quota that goes back to the cloud is between a terminal and us.
  if (transaction.transactionType === "StoredValue" && transaction.storedValue.kind === "returned") return undefined;
  if (transaction.transactionType === "Control") return DAY_CLOSES.has(transaction.control.kind) ? "day-close" : "control";
  return CATEGORY_OF[transaction.transactionType];
}
