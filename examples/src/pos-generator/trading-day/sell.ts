import { sum } from "../money.ts";
import type { Pseudonym } from "@tillsync/sync-protocol";
import { MEMBERS } from "./assortment.ts";
import type { DraftReceipt } from "./build-receipt.ts";
import { openingPoints } from "./ledger.ts";
import { nextRecord, pricesIncludeTax, type DayState } from "./day-state.ts";
import { drawLines, grandOf, shareDiscount, type DraftLine } from "./draw-lines.ts";
import { drawTenders } from "./draw-tenders.ts";

const CENTS_PER_POINT = 100n;

/** A sale of any kind: plain, with money off, with a member who earns points or pays a part with them. */
export function sell(state: DayState): DraftReceipt {
  const { random } = state;
  const { identity, end } = nextRecord(state);
  const rung = drawLines(random, random.int(1, 6), pricesIncludeTax(state, identity.workstation));
  const goods = sum(rung.map((line) => line.extended));
  const ref = random.chance(35) ? random.pick(shoppersOf(state)) : undefined;
  const redeemed = ref !== undefined && random.chance(20) ? redeem(state, ref, goods) : 0;
  const discount = redeemed > 0 ? BigInt(redeemed) : random.chance(8) ? goods / 20n : 0n;
  return complete(state, { identity, end, lines: shareDiscount(rung, discount) }, ref, redeemed);
}

const [firstShopper = "" as Pseudonym, ...otherShoppers] = MEMBERS;
/** Members so far: those from before, and those who joined today. */
export const shoppersOf = (state: DayState): readonly [Pseudonym, ...Pseudonym[]] => [firstShopper, ...otherShoppers, ...state.enrolled];

/** Points to pay with, in hundreds; one is worth a cent. Never more in a day than the member had before it. */
function redeem(state: DayState, ref: string, goods: bigint): number {
  const before = state.redeemed.get(ref) ?? 0;
  const points = state.random.int(1, 5) * 100;
  if (BigInt(points) * 2n > goods || before + points > openingPoints(ref)) return 0;
  state.redeemed.set(ref, before + points);
  return points;
}

/** Totals, tenders and points of a basket. */
export function complete(
  state: DayState,
  basket: Pick<DraftReceipt, "identity" | "end" | "order"> & { readonly lines: readonly DraftLine[] },
  ref?: string,
  redeemed = 0,
): DraftReceipt {
  const grand = grandOf(basket.lines);
  const earned = pointsFor(grand);
  return {
    type: "RetailTransaction",
    status: "completed",
    operatorId: `op-${basket.identity.workstation}`,
    ...basket,
    tenders: drawTenders(state.random, grand),
    ...(ref === undefined ? {} : { member: { ref, earned, redeemed } }),
  };
}

/** A point for every whole euro; a refund takes them away. */
export const pointsFor = (grand: bigint): number => Number(grand / CENTS_PER_POINT);
