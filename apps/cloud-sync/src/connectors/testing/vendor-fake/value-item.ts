import { naturalKey, transactionSchema, type Account, type Amount } from "@tillsync/sync-protocol";
import { deliveryIdentity } from "../../../destinations/delivery-identity.ts";
import type { DeliveryItem } from "../../connector.ts";
import { planStoredValue, signedAmount } from "../../loyalty/plan-stored-value.ts";
import type { BookedDocument } from "./expected-effects.ts";
import { receipt } from "./scenarios.ts";

export interface ValueWish {
  readonly sequence: string;
  readonly kind?: "redeemed" | "refunded" | "toppedUp" | "returned";
  readonly account: Account;
  readonly amount: string;
  readonly unit?: string;
  readonly of?: string;
}

/** An entry of stored value on its way to a destination, as an agent writes it. */
export function valueItem(wish: ValueWish, receivedAtMs: number, over: Partial<DeliveryItem> = {}): DeliveryItem {
  const kind = wish.kind ?? "redeemed";
  const identity = { store: "9", workstation: "till-1", businessDay: "2026-11-20", sequence: `sv.1.u${wish.sequence}` };
  const transaction = transactionSchema.parse({
    transactionType: "StoredValue",
    schemaVersion: 1,
    identity,
    status: "completed",
    storedValue: {
      kind,
      account: wish.account,
      amount: wish.amount,
      unit: wish.unit ?? "EUR",
      redemptionId: `r${wish.sequence}`,
      epoch: 1,
      ...(kind === "redeemed" ? { policy: "leased" } : {}),
      ...(wish.of === undefined ? {} : { of: wish.of }),
    },
  });
  const key = naturalKey(transaction.identity);
  const revision = over.revision ?? 1;
  const own = {
    identity: deliveryIdentity(key, revision),
    naturalKey: key,
    orderingKey: `account:${wish.account.kind}/${wish.account.id}`,
  };
  return { ...receipt({ sequence: wish.sequence, lines: [], tenders: [] }, receivedAtMs), ...own, transaction, ...over };
}

/** What gift cards' movements are at a vendor that books them. */
export const bookedValues = (items: readonly DeliveryItem[]): BookedDocument[] =>
  items.flatMap((item) => {
    const planned = planStoredValue(item, { points: "receipts" });
    if (planned.kind !== "card") return [];
    const { movement } = planned;
    return [{ reference: movement.reference, total: String(signedAmount(movement)) as Amount, currency: movement.currency }];
  });
