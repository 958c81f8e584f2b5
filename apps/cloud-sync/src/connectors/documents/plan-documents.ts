import { countsAsSale, isRetail, type RetailTransaction, type Transaction } from "@tillsync/sync-protocol";
import type { DeliveryItem } from "../connector.ts";

/**
 * One document that an item means for a system of books. `post`: the receipt as it is (its lines may be sales, returns or
 * both: an exchange). `reverse`: takes back, in full, what was posted under `of`.
 */
export type PlannedDocument =
  | { readonly role: "post"; readonly reference: string; readonly naturalKey: string; readonly transaction: RetailTransaction }
  | {
      readonly role: "reverse";
      readonly reference: string;
      /** Reference of the document that is taken back. */
      readonly of: string;
      readonly naturalKey: string;
      /** The receipt as it was posted. */
      readonly transaction: RetailTransaction;
    };

/** Ends the reference of a reversal; the rest of it is the identity that it takes back. */
export const REVERSAL = "-r";

/**
 * What a receipt's revision means for books that are never overwritten: a first revision is posted; a later one takes
 * back the revision before it and posts itself, unless it does not count any more; a post-void takes back the receipt
 * that it voids, and a revision that comes later still means nothing. References are made of identities, so that every attempt finds its own documents again.
 *
 * A reversal bears the reference of what it reverses: a void and a later revision of the void do not reverse twice.
 */
export function planDocuments(item: DeliveryItem): PlannedDocument[] {
  const { transaction, previous, voided } = item;
  if (item.isVoided === true) return [];
  const documents: PlannedDocument[] = [];
  if (previous !== undefined && isPosted(previous.transaction)) documents.push(reversal(previous));
  if (isVoid(transaction)) {
    if (voided !== undefined && isPosted(voided.transaction)) documents.push(reversal(voided));
  } else if (isPosted(transaction)) {
    documents.push({ role: "post", reference: item.identity, naturalKey: item.naturalKey, transaction });
  }
  return documents;
}

const reversal = (earlier: { identity: string; naturalKey: string; transaction: Transaction }): PlannedDocument => ({
  role: "reverse",
  reference: earlier.identity + REVERSAL,
  of: earlier.identity,
  naturalKey: earlier.naturalKey,
  transaction: earlier.transaction as RetailTransaction,
});

/** A receipt whose own goods and money are in the books. */
const isPosted = (transaction: Transaction): transaction is RetailTransaction => countsAsSale(transaction) && !isVoid(transaction);

/** Reverses another receipt as a whole. */
const isVoid = (transaction: Transaction): boolean =>
  isRetail(transaction) && transaction.status === "postVoided" && transaction.voids !== undefined;
