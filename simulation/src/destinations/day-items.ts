import type { DayEntry } from "@tillsync/examples/pos-generator";
import { negateAmount } from "@tillsync/sync-protocol";
import type { DeliveryItem } from "../../../apps/cloud-sync/src/connectors/connector.ts";
import { planDocuments } from "../../../apps/cloud-sync/src/connectors/documents/plan-documents.ts";
import { itemsOf } from "../../../apps/cloud-sync/src/connectors/testing/day-items.ts";
import { categoryOf, type Category } from "../../../apps/cloud-sync/src/transactions/category.ts";
import type { BookedDocument } from "./compare-books.ts";

/** The items that a day's records are for a destination, made from the day itself: not what the dispatcher read. */
export const dayItems = (entries: readonly DayEntry[], include: readonly Category[]): DeliveryItem[] =>
  itemsOf(entries, (transaction) => (include as readonly (Category | undefined)[]).includes(categoryOf(transaction)));

/** What must stand in a system of books: every receipt as it was posted, and whatever was taken back. */
export const bookedDocuments = (items: readonly DeliveryItem[]): BookedDocument[] =>
  items.flatMap((item) =>
    planDocuments(item).map(({ role, reference, transaction }) => {
      const total = transaction.reported.grand ?? transaction.computed.grand;
      return { reference, total: role === "post" ? total : negateAmount(total) };
    }),
  );
