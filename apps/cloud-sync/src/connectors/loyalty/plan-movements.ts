import { countsAsSale, isRetail, type Pseudonym, type Transaction } from "@tillsync/sync-protocol";
import type { DeliveryItem, EarlierReceipt } from "../connector.ts";
import { REVERSAL } from "../documents/plan-documents.ts";

/** One change of a member's points. `accrue` and `burn` are what a receipt did; `reverse` takes back both parts of an earlier one. */
export interface PointsMovement {
  readonly role: "accrue" | "burn" | "reverse-accrual" | "reverse-burn";
  /** By which the movement is found again at the engine. */
  readonly reference: string;
  /** Reference of the movement that is taken back. */
  readonly of: string | undefined;
  readonly member: Pseudonym;
  readonly programme: string | undefined;
  /** Above zero; the role says which way. */
  readonly points: number;
}

/**
 * What a receipt's revision means for its member's points, as the POS told them: what was earned and what was paid with.
 * Negative figures of a return count the other way. Revisions and post-voids take back what the earlier receipt did and
 * then do their own; a receipt without a member moves nothing.
 */
export function planMovements(item: DeliveryItem): PointsMovement[] {
  const { transaction, previous, voided } = item;
  if (item.isVoided === true) return [];
  const own = { identity: item.identity, naturalKey: item.naturalKey, transaction };
  const isVoid = isRetail(transaction) && transaction.status === "postVoided" && transaction.voids !== undefined;
  return [
    ...(previous === undefined ? [] : reversed(previous)),
    ...(isVoid ? (voided === undefined ? [] : reversed(voided)) : movementsOf(own)),
  ];
}

/** What one receipt by itself does. */
function movementsOf({ identity, transaction }: EarlierReceipt): PointsMovement[] {
  if (!countsAsSale(transaction)) return [];
  const { memberRef: member, programme, pointsEarned = 0, pointsRedeemed = 0 } = transaction.loyalty ?? {};
  if (member === undefined) return [];
  const common = { of: undefined, member, programme };
  // A return's earnings are negative: they take points away, and points paid with come back.
  const plus = Math.max(0, pointsEarned) + Math.max(0, -pointsRedeemed);
  const minus = Math.max(0, pointsRedeemed) + Math.max(0, -pointsEarned);
  return [
    ...(minus === 0 ? [] : [{ role: "burn" as const, reference: `${identity}-b`, points: minus, ...common }]),
    ...(plus === 0 ? [] : [{ role: "accrue" as const, reference: `${identity}-a`, points: plus, ...common }]),
  ];
}

const reversed = (earlier: EarlierReceipt): PointsMovement[] =>
  isVoidItself(earlier.transaction)
    ? []
    : movementsOf(earlier).map((movement) => ({
        ...movement,
        role: movement.role === "accrue" ? ("reverse-accrual" as const) : ("reverse-burn" as const),
        reference: movement.reference + REVERSAL,
        of: movement.reference,
      }));

const isVoidItself = (transaction: Transaction): boolean =>
  isRetail(transaction) && transaction.status === "postVoided" && transaction.voids !== undefined;
