import { orderKey } from "../model/ordering-key.ts";
import { isRetail, type Transaction } from "../model/transaction.ts";
import type { OrderStep } from "./order-lifecycle.ts";

/** A step that a transaction tells of, and of which order. */
export interface ToldStep extends OrderStep {
  readonly key: string;
  readonly orderId: string;
  readonly system: string | undefined;
  /**
   * True for receipts: goods and money moved, whatever the order's state says of it. Such a step moves the order if it may,
   * and is never a reason to refuse the receipt.
   */
  readonly byReceipt: boolean;
}

const STATUS_OF = { create: "created", pickup: "fulfilled", cancel: "cancelled" } as const;

/**
 * The steps of orders that a transaction tells of: its own of an `OrderStatus`, those of the orders that a receipt names.
 * Training, parked and abandoned ones tell of none; neither does a receipt that reverses another, since what becomes of the
 * order then is for the shop to say. Deposits and payments are money and no step.
 */
export function orderSteps(transaction: Transaction): ToldStep[] {
  if (transaction.trainingMode === true || transaction.status !== "completed") return [];
  if (transaction.transactionType === "OrderStatus") {
    const { orderId, system, status, lines, carrier, tracking } = transaction.orderStatus;
    const tellsMore = lines !== undefined || carrier !== undefined || tracking !== undefined;
    return [{ key: orderKey(transaction.orderStatus), orderId, system, status, tellsMore, byReceipt: false }];
  }
  if (!isRetail(transaction)) return [];
  return (transaction.orders ?? []).flatMap(({ orderId, system, action }) =>
    action === "deposit" || action === "finalPayment"
      ? []
      : [{ key: orderKey({ orderId, system }), orderId, system, status: STATUS_OF[action], tellsMore: false, byReceipt: true }],
  );
}
