import { naturalKey } from "./identity.ts";
import { memberKey, orderKey } from "./ordering-key.ts";
import type { Transaction } from "./transaction.ts";

/**
 * What is there at a receiver once it has taken this transaction: what others may have been waiting for. The receipt itself
 * by its natural key; the member who joined or changed (`memberKey`); the order that was told of (`orderKey`). It says no
 * less than there is: who waits and is let go too early only waits again.
 */
export function providesCauses(transaction: Transaction): string[] {
  const own: string = naturalKey(transaction.identity);
  if (transaction.transactionType === "OrderStatus") return [own, orderKey(transaction.orderStatus)];
  if (transaction.transactionType === "CustomerOrder") return [...new Set([own, ...(transaction.orders ?? []).map(orderKey)])];
  if (transaction.transactionType !== "MemberChange" || transaction.memberChange.kind === "left") return [own];
  return [own, memberKey(transaction.memberChange.memberRef)];
}
