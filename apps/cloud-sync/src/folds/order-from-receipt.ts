import {
  documentSchemas,
  isRetail,
  sumAmounts,
  subtractAmounts,
  type DocumentId,
  type HandOverOrder,
  type ToldStep,
} from "@tillsync/sync-protocol";
import type { FoldRow } from "./fold-row.ts";

/**
 * The order that a shop took: a `CustomerOrder` that creates it, and no other one, tells its goods and its money. Undefined for
 * every other step, which tells neither, and for one whose goods are more than an order holds. It belongs to the store that took it.
 */
export function orderFromReceipt(
  id: DocumentId,
  { story: { transaction }, store, happenedAt }: FoldRow,
  step: ToldStep,
): HandOverOrder | undefined {
  if (transaction.transactionType !== "CustomerOrder" || !isRetail(transaction) || transaction.orders?.length !== 1) return undefined;
  if (step.status !== "created") return undefined;
  const total = transaction.reported.grand ?? transaction.computed.grand;
  const due = subtractAmounts(total, sumAmounts(transaction.tenders.map(({ amount }) => amount)));
  const parsed = documentSchemas.orders.safeParse({
    id,
    orderId: step.orderId,
    ...(step.system === undefined ? {} : { system: step.system }),
    storeId: store,
    status: "created",
    lines: transaction.lines.flatMap(({ action, itemType, itemId, gtin, description, quantity }) =>
      action === "sale" && itemType === "stock"
        ? [{ itemId, ...(gtin === undefined ? {} : { gtin }), ...(description === undefined ? {} : { description }), quantity }]
        : [],
    ),
    currency: transaction.currency,
    exponent: transaction.exponent,
    total,
    due: due.startsWith("-") ? "0" : due,
    ...(transaction.customerRef === undefined ? {} : { customerRef: transaction.customerRef }),
    revisedAt: happenedAt,
  });
  return parsed.success ? parsed.data : undefined;
}
