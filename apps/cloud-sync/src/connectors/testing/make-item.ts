import { transactionSchema } from "@tillsync/sync-protocol";
import { deliveryIdentity } from "../../destinations/delivery-identity.ts";
import { makeSale } from "../../transactions/testing/make-transaction.ts";
import type { DeliveryItem } from "../connector.ts";

export function makeItem(over: Partial<DeliveryItem> = {}): DeliveryItem {
  const naturalKey = "9/31/2026-11-20/1";
  return {
    identity: deliveryIdentity(naturalKey, over.revision ?? 1),
    naturalKey,
    revision: 1,
    supersedes: undefined,
    orderingKey: naturalKey,
    shard: "main",
    tpos: 42,
    terminal: "till-1",
    store: "store-1",
    receivedAtMs: Date.UTC(2026, 10, 20),
    transaction: transactionSchema.parse(makeSale()),
    replay: false,
    ...over,
  };
}
