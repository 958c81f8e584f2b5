import type { Random } from "../random.ts";
import { CARD_SCHEMES, type TenderType } from "./assortment.ts";

/** Money that moved; `amount` is signed from the store's view, in minor units. */
export interface DraftTender {
  readonly type: TenderType;
  readonly use: "sale" | "refund" | "change";
  readonly amount: bigint;
  readonly card?: { readonly scheme: string; readonly last4: string; readonly authorizationCode: string };
  readonly maskedNumber?: string;
}

const NOTES = [500n, 1_000n, 2_000n, 5_000n] as const;

/** Tenders that sum to `due`: one, or several kinds at once; nothing for nothing. */
export function drawTenders(random: Random, due: bigint): DraftTender[] {
  if (due === 0n) return [];
  if (due < 0n) return [random.chance(60) ? { type: "cash", use: "refund", amount: due } : cardTender(random, due, "refund")];
  const draw = random.int(0, 99);
  if (draw < 42) return [cardTender(random, due)];
  if (draw < 72) return payCash(random, due);
  if (draw < 82) return payPart(random, due, "giftCard");
  if (draw < 90) return payPart(random, due, "voucher");
  const inCash = due / BigInt(random.int(2, 4));
  return inCash === 0n ? [cardTender(random, due)] : [cardTender(random, due - inCash), ...payCash(random, inCash)];
}

/** The same money by another way: what a till corrects when the wrong key was pressed. `due` is not zero. */
export function drawOtherTenders(random: Random, due: bigint, before: readonly DraftTender[]): DraftTender[] {
  const byCard = before.some((tender) => tender.type === "card");
  if (due < 0n) return [byCard ? { type: "cash", use: "refund", amount: due } : cardTender(random, due, "refund")];
  return byCard ? payCash(random, due) : [cardTender(random, due)];
}

function payCash(random: Random, due: bigint): DraftTender[] {
  const note = random.pick(NOTES);
  const given = random.chance(20) ? due : ((due + note - 1n) / note) * note;
  const change: DraftTender[] = given === due ? [] : [{ type: "cash", use: "change", amount: due - given }];
  return [{ type: "cash", use: "sale", amount: given }, ...change];
}

/** A gift card or voucher pays what it holds; cash or a card pays the rest. */
function payPart(random: Random, due: bigint, type: "giftCard" | "voucher"): DraftTender[] {
  const held = BigInt(random.int(5, 40)) * 100n;
  const amount = held < due ? held : due;
  const number = type === "giftCard" ? { maskedNumber: `XXXXXXXX${digits(random, 4)}` } : {};
  const rest = due - amount;
  const others = rest === 0n ? [] : random.chance(50) ? payCash(random, rest) : [cardTender(random, rest)];
  return [{ type, use: "sale", amount, ...number }, ...others];
}

const cardTender = (random: Random, amount: bigint, use: "sale" | "refund" = "sale"): DraftTender => ({
  type: "card",
  use,
  amount,
  card: { scheme: random.pick(CARD_SCHEMES), last4: digits(random, 4), authorizationCode: digits(random, 6) },
});

const digits = (random: Random, count: number): string => Array.from({ length: count }, () => random.int(0, 9)).join("");

/** What a post-void does with the money of the receipt that it voids. */
export const turnTender = (tender: DraftTender): DraftTender => ({
  ...tender,
  use: tender.use === "change" ? "sale" : "refund",
  amount: -tender.amount,
});
