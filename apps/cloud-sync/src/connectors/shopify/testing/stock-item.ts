import { naturalKey, transactionSchema } from "@tillsync/sync-protocol";
import { deliveryIdentity } from "../../../destinations/delivery-identity.ts";
import type { DeliveryItem } from "../../connector.ts";
import { virtualClock } from "../../testing/vendor-fake/virtual-clock.ts";

const NOW = virtualClock().nowMs();

export interface StockWish {
  readonly sequence: string;
  readonly kind: "adjustment" | "receiving" | "transferIn" | "transferOut" | "count" | "waste" | "other";
  /** Article and quantity. */
  readonly items: readonly (readonly [string, string])[];
  readonly status?: "completed" | "cancelled";
}

/** Goods that moved without a sale, as an agent captured them. */
export function stockItem({ sequence, kind, items, status }: StockWish, over: Partial<DeliveryItem> = {}): DeliveryItem {
  const transaction = transactionSchema.parse({
    schemaVersion: 1,
    transactionType: "Inventory",
    identity: { store: "9", workstation: "31", businessDay: "2026-11-20", sequence },
    status: status ?? "completed",
    inventory: { kind, items: items.map(([itemId, value]) => ({ itemId, quantity: { value, uom: "EA" } })) },
  });
  const key = naturalKey(transaction.identity);
  const revision = over.revision ?? 1;
  return {
    identity: deliveryIdentity(key, revision),
    naturalKey: key,
    revision,
    supersedes: undefined,
    orderingKey: key,
    shard: "main",
    tpos: Number(sequence),
    terminal: "till-1",
    store: "store-1",
    receivedAtMs: NOW,
    transaction,
    replay: false,
    ...over,
  };
}

/** The next revision of an item. */
export const revised = (item: DeliveryItem, wish: StockWish): DeliveryItem =>
  stockItem(wish, {
    revision: item.revision + 1,
    supersedes: item.identity,
    previous: { identity: item.identity, naturalKey: item.naturalKey, transaction: item.transaction },
  });
