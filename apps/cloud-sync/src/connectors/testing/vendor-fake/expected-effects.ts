import { isRetail, negateAmount, type Amount, type RetailTransaction } from "@tillsync/sync-protocol";
import type { DeliveryItem } from "../../connector.ts";
import { planDocuments } from "../../documents/plan-documents.ts";
import { planMovements } from "../../loyalty/plan-movements.ts";
import { POINTS_BEFORE } from "./scenarios.ts";

/** A document in a vendor's memory, in our words. */
export interface BookedDocument {
  /** Our reference, as the vendor keeps it. */
  readonly reference: string;
  /** Minor units, signed from the store's view. */
  readonly total: Amount;
  readonly currency: string;
}

/** Every document that the items mean, once. */
export const expectedDocuments = (items: readonly DeliveryItem[]): BookedDocument[] =>
  items.flatMap(planDocuments).map(({ role, reference, transaction }) => ({
    reference,
    total: role === "post" ? grandOf(transaction) : negateAmount(grandOf(transaction)),
    currency: transaction.currency,
  }));

/** What the receipt printed. */
export const grandOf = ({ reported, computed }: RetailTransaction): Amount => reported.grand ?? computed.grand;

/** Points of each member after the items, from the same balance. */
export function expectedPoints(items: readonly DeliveryItem[]): Record<string, number> {
  const points: Record<string, number> = {};
  for (const { transaction } of items)
    if (isRetail(transaction) && transaction.loyalty?.memberRef !== undefined) points[transaction.loyalty.memberRef] = POINTS_BEFORE;
  for (const { member, role, points: moved } of items.flatMap(planMovements))
    points[member] = (points[member] ?? POINTS_BEFORE) + (role === "accrue" || role === "reverse-burn" ? moved : -moved);
  return points;
}

/** By reference, so that two lists can be compared. */
export const inOrder = (documents: readonly BookedDocument[]): BookedDocument[] =>
  documents.toSorted((a, b) =>
    a.reference < b.reference ? -1 : a.reference > b.reference ? 1 : Number(BigInt(a.total) - BigInt(b.total)),
  );
