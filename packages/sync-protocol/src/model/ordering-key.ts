import type { Account } from "../reference/documents/quota.ts";
import { encodePart, naturalKey, referencedKey } from "./identity.ts";
import { isRetail, type CustomerOrder, type RetailTransaction, type Transaction } from "./transaction.ts";

/** Names an order wherever it is waited for or kept in order: `order:webshop/4711`. Cannot be a receipt's key: those have three slashes or more. */
export const orderKey = ({ orderId, system }: { readonly orderId: string; readonly system?: string | undefined }): string =>
  `order:${encodePart(system ?? "")}/${encodePart(orderId)}`;

/** Names a member wherever it is waited for or kept in order. */
export const memberKey = (memberRef: string): string => `member:${memberRef}`;

/** Names an account wherever it is waited for or kept in order: `account:giftCard/abc`. */
export const accountOrderKey = ({ kind, id }: Account): string => `account:${kind}/${encodePart(id)}`;

/**
 * What a destination must see in order. A sale, its revisions, its returns and its void share the key of the sale; an
 * order's receipts (`CustomerOrder` about one order) and its steps that of the order; a member's changes that of the member;
 * what happens to a gift card, points or promised goods that of the account.
 * A return that names no receipt (a blind one), and everything else, is ordered by its own key.
 *
 * A sale that is also the end of an order - the pick-up that was paid - keeps the key of the sale: its returns and its void
 * name the receipt and know of no order, and money must never be turned round. What such a sale needs of the order is a
 * cause to wait for (`orderKey`), not an order among events.
 */
export function orderingKey(transaction: Transaction): string {
  if (transaction.transactionType === "OrderStatus") return orderKey(transaction.orderStatus);
  if (transaction.transactionType === "MemberChange") return memberKey(transaction.memberChange.memberRef);
  if (transaction.transactionType === "StoredValue") return accountOrderKey(transaction.storedValue.account);
  if (!isRetail(transaction)) return naturalKey(transaction.identity);
  const [order, ...others] = transaction.orders ?? [];
  const isOfOneOrder = transaction.transactionType === "CustomerOrder" && order !== undefined && others.length === 0;
  return isOfOneOrder ? orderKey(order) : receiptKey(transaction);
}

function receiptKey(transaction: RetailTransaction | CustomerOrder): string {
  if (transaction.voids !== undefined) return naturalKey(transaction.voids);
  const returned = transaction.lines.find((line) => line.returnOf !== undefined)?.returnOf;
  return (returned && referencedKey(returned)) ?? naturalKey(transaction.identity);
}
