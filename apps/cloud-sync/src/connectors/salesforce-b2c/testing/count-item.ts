import { naturalKey, transactionSchema } from "@tillsync/sync-protocol";
import { deliveryIdentity } from "../../../destinations/delivery-identity.ts";
import type { DeliveryItem } from "../../connector.ts";
import { stepItem } from "../../testing/step-item.ts";

/** A count of one store, or another movement of its goods, received so many seconds after others as its number says. */
export function countItem(sequence: string, items: readonly (readonly [string, string])[], kind = "count"): DeliveryItem {
  const step = stepItem(sequence, { orderId: "1", status: "created" });
  const transaction = transactionSchema.parse({
    schemaVersion: 1,
    transactionType: "Inventory",
    identity: { store: "9", workstation: "31", businessDay: "2026-11-20", sequence },
    status: "completed",
    inventory: { kind, items: items.map(([itemId, value]) => ({ itemId, quantity: { value, uom: "EA" } })) },
  });
  const key = naturalKey(transaction.identity);
  return {
    ...step,
    identity: deliveryIdentity(key, 1),
    naturalKey: key,
    orderingKey: key,
    receivedAtMs: step.receivedAtMs + Number(sequence) * 1_000,
    transaction,
  };
}
