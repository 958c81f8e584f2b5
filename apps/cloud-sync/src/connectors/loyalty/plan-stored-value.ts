import type { Account, Pseudonym, RedemptionId } from "@tillsync/sync-protocol";
import type { DeliveryItem } from "../connector.ts";
import type { PointsMovement } from "./plan-movements.ts";

/** One change of a gift card's money. */
export interface CardMovement {
  /** By which the movement is found again at the engine. */
  readonly reference: string;
  readonly role: "redeemed" | "refunded" | "toppedUp";
  readonly card: string;
  readonly currency: string;
  /** Minor units, above zero; the role says which way. */
  readonly amount: bigint;
  /** The redemption that a refund takes back, as the POS names it. */
  readonly of: RedemptionId | undefined;
}

export type PlannedValue =
  | { readonly kind: "card"; readonly movement: CardMovement }
  | { readonly kind: "points"; readonly movement: PointsMovement }
  | { readonly kind: "nothing"; readonly reason: string }
  | { readonly kind: "rejected"; readonly detail: string };

/** Behind the item's identity: one movement an item. */
const VALUE = "-v";

/**
 * What an entry of stored value means at a loyalty engine. `points` says whether members' points are told here or by
 * receipts: one destination believes one of the two, or a redemption that the receipt names as well would burn them twice.
 */
export function planStoredValue(item: DeliveryItem, { points }: { readonly points: "receipts" | "stored-value" }): PlannedValue {
  const { transaction, identity, revision } = item;
  if (transaction.transactionType !== "StoredValue") return { kind: "nothing", reason: "no stored value" };
  if (revision > 1) return { kind: "rejected", detail: "stored value is never revised: the first content counts" };
  const { kind, account, amount, unit, of } = transaction.storedValue;
  if (kind === "returned") return { kind: "nothing", reason: "quota that went back to the cloud" };
  const reference = identity + VALUE;
  if (account.kind === "giftCard")
    return { kind: "card", movement: { reference, role: kind, card: account.id, currency: unit, amount: BigInt(amount), of } };
  if (account.kind === "stock") return { kind: "nothing", reason: "promised goods are no loyalty" };
  if (points === "receipts") return { kind: "nothing", reason: "points are told by receipts here" };
  const role = kind === "redeemed" ? ("burn" as const) : ("accrue" as const);
  return {
    kind: "points",
    movement: { role, reference, of: undefined, member: memberOf(account), programme: undefined, points: Number(amount) },
  };
}

/** A points account bears its member's name. */
const memberOf = ({ id }: Account): Pseudonym => id as Pseudonym;

export const signedAmount = ({ role, amount }: CardMovement): bigint => (role === "redeemed" ? -amount : amount);
