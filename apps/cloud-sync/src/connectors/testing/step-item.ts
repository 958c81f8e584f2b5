import { naturalKey, transactionSchema } from "@tillsync/sync-protocol";
import { deliveryIdentity } from "../../destinations/delivery-identity.ts";
import type { DeliveryItem } from "../connector.ts";

const NOW = Date.UTC(2026, 10, 20, 9);

/** One step of an order. */
export function stepItem(sequence: string, orderStatus: object): DeliveryItem {
  const transaction = transactionSchema.parse({
    schemaVersion: 1,
    transactionType: "OrderStatus",
    identity: { store: "9", workstation: "31", businessDay: "2026-11-20", sequence },
    status: "completed",
    orderStatus: { at: { local: "2026-11-20T10:00:00", quality: "local" }, ...orderStatus },
  });
  const key = naturalKey(transaction.identity);
  return {
    identity: deliveryIdentity(key, 1),
    naturalKey: key,
    revision: 1,
    supersedes: undefined,
    orderingKey: "order:1",
    shard: "main",
    tpos: Number(sequence),
    terminal: "till-1",
    store: "store-1",
    receivedAtMs: NOW,
    transaction,
    replay: false,
  };
}
