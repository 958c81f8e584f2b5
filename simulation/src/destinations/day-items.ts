import { naturalKey, negateAmount, orderingKey, type RetailTransaction } from "@tillsync/sync-protocol";
import type { DayEntry } from "@tillsync/examples/pos-generator";
import type { DeliveryItem, EarlierReceipt } from "../../../apps/cloud-sync/src/connectors/connector.ts";
import { planDocuments } from "../../../apps/cloud-sync/src/connectors/documents/plan-documents.ts";
import { deliveryIdentity } from "../../../apps/cloud-sync/src/destinations/delivery-identity.ts";
import { isWanted } from "../../../apps/cloud-sync/src/destinations/include.ts";
import { categoryOf, type Category } from "../../../apps/cloud-sync/src/transactions/category.ts";
import type { BookedDocument } from "./compare-books.ts";

/** The items that a day's records are for a destination, made from the day itself: not what the dispatcher read. */
export function dayItems(entries: readonly DayEntry[], include: readonly Category[]): DeliveryItem[] {
  const latest = new Map<string, DayEntry>();
  const items: DeliveryItem[] = [];
  for (const [at, entry] of entries.entries()) {
    const previous = latest.get(entry.naturalKey);
    const { voids } = entry.transaction as Partial<RetailTransaction>;
    const voided = voids === undefined ? undefined : latest.get(naturalKey(voids));
    latest.set(entry.naturalKey, entry);
    const categories = [categoryOf(entry.transaction), previous && categoryOf(previous.transaction)] as const;
    if (!isWanted(include, categories[0] ?? null, categories[1] ?? null)) continue;
    items.push({
      ...earlier(entry),
      revision: entry.revision,
      supersedes: previous && earlier(previous).identity,
      orderingKey: orderingKey(entry.transaction),
      shard: "main",
      tpos: at + 1,
      terminal: "till-1",
      store: "store-1",
      receivedAtMs: 0,
      previous: previous && earlier(previous),
      voided: voided && earlier(voided),
      replay: false,
    });
  }
  return items;
}

const earlier = ({ naturalKey, revision, transaction }: DayEntry): EarlierReceipt => ({
  identity: deliveryIdentity(naturalKey, revision),
  naturalKey,
  transaction,
});

/** What must stand in a system of books: every receipt as it was posted, and whatever was taken back. */
export const bookedDocuments = (items: readonly DeliveryItem[]): BookedDocument[] =>
  items.flatMap((item) =>
    planDocuments(item).map(({ role, reference, transaction }) => {
      const total = transaction.reported.grand ?? transaction.computed.grand;
      return { reference, total: role === "post" ? total : negateAmount(total) };
    }),
  );
