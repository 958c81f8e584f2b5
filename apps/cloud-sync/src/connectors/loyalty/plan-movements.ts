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

/** What a destination takes from receipts. */
interface Believe {
  readonly burns: boolean;
}

/**
 * What a receipt's revision means for its member's points, as the POS told them: what was earned and what was paid with.
 * Negative figures of a return count the other way. Revisions and post-voids take back what the earlier receipt did and
 * then do their own; a receipt without a member moves nothing.
 */
export const planMovements = (item: DeliveryItem): PointsMovement[] => plan(item, { burns: true });

/** As `planMovements`, without the points that were paid with: a destination that hears of redemptions by themselves burns those. */
export const planEarnings = (item: DeliveryItem): PointsMovement[] => plan(item, { burns: false });

function plan(item: DeliveryItem, believe: Believe): PointsMovement[] {
  const { transaction, previous, voided } = item;
  if (item.isVoided === true) return [];
  const own = { identity: item.identity, naturalKey: item.naturalKey, transaction };
  const isVoid = isRetail(transaction) && transaction.status === "postVoided" && transaction.voids !== undefined;
  return [
    ...(previous === undefined ? [] : reversed(previous, believe)),
    ...(isVoid ? (voided === undefined ? [] : reversed(voided, believe)) : movementsOf(own, believe)),
  ];
}

/** What one receipt by itself does. */
function movementsOf({ identity, transaction }: EarlierReceipt, { burns }: Believe): PointsMovement[] {
  if (!countsAsSale(transaction)) return [];
  const { memberRef: member, programme, pointsEarned = 0, pointsRedeemed: told = 0 } = transaction.loyalty ?? {};
  const pointsRedeemed = burns ? told : 0;
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

const reversed = (earlier: EarlierReceipt, believe: Believe): PointsMovement[] =>
  isVoidItself(earlier.transaction)
    ? []
    : movementsOf(earlier, believe).map((movement) => ({
        ...movement,
        role: movement.role === "accrue" ? ("reverse-accrual" as const) : ("reverse-burn" as const),
        reference: movement.reference + REVERSAL,
        of: movement.reference,
      }));

const isVoidItself = (transaction: Transaction): boolean =>
  isRetail(transaction) && transaction.status === "postVoided" && transaction.voids !== undefined;
