import type { ReceiptReference } from "@tillsync/sync-protocol";
import type { DraftReceipt } from "./build-receipt.ts";
import { nextRecord, pricesIncludeTax, type DayState, type OpenReceipt } from "./day-state.ts";
import { drawLines, grandOf, priceLine, turnLine, type DraftLine } from "./draw-lines.ts";
import { drawOtherTenders, drawTenders, turnTender } from "./draw-tenders.ts";
import { ASSORTMENT } from "./assortment.ts";
import { complete, pointsFor, shoppersOf } from "./sell.ts";

const [FORGOTTEN] = ASSORTMENT;

/** One or two goods of an earlier sale come back, at any till; for an exchange, others are bought in the same receipt. */
export function takeReturn(state: DayState, exchange: boolean): DraftReceipt | undefined {
  const found = drawReturnable(state);
  if (found === undefined) return undefined;
  const { receipt, at } = found;
  const back = at.slice(0, state.random.int(1, 2));
  for (const index of back) receipt.returned.add(index);
  const lines = back.flatMap((index) => returnLine(receipt.draft, index));
  const taxIncluded = lines[0]?.taxIncluded ?? true;
  const bought = exchange ? drawLines(state.random, state.random.int(1, 3), taxIncluded) : [];
  return complete(state, { ...nextRecord(state), lines: [...lines, ...bought] }, receipt.draft.member?.ref);
}

/** Goods without a receipt. */
export function takeBlindReturn(state: DayState): DraftReceipt {
  const record = nextRecord(state);
  const [line] = drawLines(state.random, 1, pricesIncludeTax(state, record.identity.workstation));
  const lines = line === undefined ? [] : [{ ...turnLine(line), action: "return" as const }];
  return complete(state, { ...record, lines });
}

/** Only whole receipts without money off as a whole and without lines taken back: what was paid for a line is then plain. */
function drawReturnable(state: DayState): { receipt: OpenReceipt; at: readonly number[] } | undefined {
  const candidates = state.receipts.flatMap((receipt) => {
    const { lines } = receipt.draft;
    if (receipt.kind !== "sale" || receipt.state === "gone" || lines.some((line) => line.action !== "sale" || line.share !== 0n)) return [];
    const at = lines.flatMap((line, index) => (line.item.itemType === "stock" && !receipt.returned.has(index) ? [index] : []));
    return at.length === 0 ? [] : [{ receipt, at }];
  });
  return candidates[state.random.int(0, Math.max(0, candidates.length - 1))];
}

function returnLine(original: DraftReceipt, index: number): DraftLine[] {
  const line = original.lines[index];
  if (line === undefined) return [];
  const returnOf: ReceiptReference = { ...original.identity, line: index + 1 };
  return [{ ...turnLine(line), action: "return", returnOf }];
}

/** Reverses a whole receipt that nothing else happened to, some time after it. */
export function postVoid(state: DayState): DraftReceipt | undefined {
  const receipt = drawUntouched(state);
  if (receipt === undefined) return undefined;
  receipt.state = "gone";
  const { draft } = receipt;
  const { identity, end } = nextRecord(state, draft.identity.workstation);
  return {
    ...draft,
    identity,
    end,
    status: "postVoided",
    lines: draft.lines.map(turnLine),
    tenders: draft.tenders.map(turnTender),
    ...(draft.member === undefined ? {} : { member: turnMember(draft.member) }),
    voids: draft.identity,
  };
}

const turnMember = ({ ref, earned, redeemed }: NonNullable<DraftReceipt["member"]>): NonNullable<DraftReceipt["member"]> => ({
  ref,
  earned: 0 - earned,
  redeemed: 0 - redeemed,
});

function drawUntouched(state: DayState): OpenReceipt | undefined {
  const candidates = state.receipts.filter((receipt) => receipt.state === "standing" && receipt.returned.size === 0);
  return candidates[state.random.int(0, Math.max(0, candidates.length - 1))];
}

export const corrections = ["tenders", "quantity", "member", "cancelled"] as const;
export type Correction = (typeof corrections)[number];

/** The till tells an earlier receipt again with another content: the same key, a later revision. */
export function correct(state: DayState, correction: Correction): OpenReceipt | undefined {
  const receipt = drawUntouched(state);
  if (receipt === undefined) return undefined;
  receipt.revision += 1;
  receipt.draft = corrected(state, receipt.draft, correction);
  if (receipt.draft.status === "cancelled") receipt.state = "gone";
  return receipt;
}

function corrected(state: DayState, draft: DraftReceipt, correction: Correction): DraftReceipt {
  const grand = grandOf(draft.lines);
  if (correction === "cancelled") return { ...draft, status: "cancelled" };
  if (correction === "member" && draft.member === undefined)
    return { ...draft, member: { ref: state.random.pick(shoppersOf(state)), earned: pointsFor(grand), redeemed: 0 } };
  if (correction === "tenders" && grand !== 0n) return { ...draft, tenders: drawOtherTenders(state.random, grand, draft.tenders) };
  return withForgottenLine(state, draft);
}

/** One piece more than the till first told. */
function withForgottenLine(state: DayState, draft: DraftReceipt): DraftReceipt {
  const lines = [...draft.lines, priceLine(FORGOTTEN, 1_000n, draft.lines[0]?.taxIncluded ?? true)];
  const grand = grandOf(lines);
  const member = draft.member === undefined ? {} : { member: { ...draft.member, earned: pointsFor(grand) } };
  return { ...draft, lines, tenders: drawTenders(state.random, grand), ...member };
}
