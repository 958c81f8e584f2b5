import { naturalKey, orderingKey, type Transaction } from "@tillsync/sync-protocol";
import { deliveryIdentity } from "../../destinations/delivery-identity.ts";
import type { DeliveryItem, EarlierReceipt } from "../connector.ts";

/** A captured record as a generated day has it. */
export interface CapturedRecord {
  readonly naturalKey: string;
  readonly revision: number;
  readonly transaction: Transaction;
}

/**
 * The items that a destination would be given for captured records, in the order of the log: positions, identities, and
 * what revisions and post-voids take back. `include` picks the records; positions are dense over all of them.
 */
export function itemsOf(records: readonly CapturedRecord[], include: (transaction: Transaction) => boolean = () => true): DeliveryItem[] {
  const latest = new Map<string, EarlierReceipt>();
  return records.flatMap((record, at) => {
    const { transaction, revision } = record;
    const identity = deliveryIdentity(record.naturalKey, revision);
    const previous = latest.get(record.naturalKey);
    const voids = "voids" in transaction && transaction.voids !== undefined ? naturalKey(transaction.voids) : undefined;
    latest.set(record.naturalKey, { identity, naturalKey: record.naturalKey, transaction });
    if (!include(transaction) && (previous === undefined || !include(previous.transaction))) return [];
    return [
      {
        identity,
        naturalKey: record.naturalKey,
        revision,
        supersedes: previous?.identity,
        orderingKey: orderingKey(transaction),
        shard: "main",
        tpos: at + 1,
        terminal: `till-${transaction.identity.workstation}`,
        store: "store-1",
        receivedAtMs: Date.UTC(2026, 10, 20, 8) + at * 1_000,
        transaction,
        ...(previous === undefined ? {} : { previous }),
        ...(voids === undefined ? {} : { voided: latest.get(voids) }),
        replay: false,
      },
    ];
  });
}
