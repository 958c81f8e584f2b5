import { isRetail, orderSteps, TillsyncError, type Transaction } from "@tillsync/sync-protocol";
import { cleanText } from "../transactions/clean-text.ts";
import type { TimedStep } from "./told-order.ts";

/**
 * The steps of orders that a transaction tells. Throws `entry.invalid` for an order's number that no database can hold;
 * a receipt with such a number is a receipt all the same, and tells of no order.
 */
export function readSteps(transaction: Transaction): TimedStep[] {
  const at = timeOf(transaction);
  return orderSteps(transaction).flatMap((step) => {
    const isClean = [step.orderId, step.system ?? ""].every((text) => cleanText(text) === text);
    if (!isClean && !step.byReceipt) throw new TillsyncError("entry.invalid", "orderStatus.orderId: control characters");
    return isClean ? [{ ...step, at }] : [];
  });
}

function timeOf(transaction: Transaction): string | undefined {
  if (transaction.transactionType === "OrderStatus") return transaction.orderStatus.at.local;
  return isRetail(transaction) ? (transaction.end ?? transaction.begin)?.local : undefined;
}
