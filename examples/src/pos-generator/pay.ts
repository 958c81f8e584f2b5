import { divideRounded } from "./money.ts";
import type { Random } from "./random.ts";
import type { StoreProfile } from "./store-profile.ts";
import type { TenderLine } from "./till-transaction.ts";

export const payments = ["cash", "card", "giftCard", "mixed", "foreignCash"] as const;
export type Payment = (typeof payments)[number];

/** Tenders that sum to `due`. A negative `due` is refunded in cash; nothing is tendered for nothing. */
export function pay(random: Random, profile: StoreProfile, due: bigint, payment: Payment): TenderLine[] {
  if (due === 0n) return [];
  if (due < 0n) return [{ kind: "cash", use: "refund", amount: due }];
  switch (payment) {
    case "cash":
      return payCash(random, profile, due);
    case "card":
      return [card(random, due)];
    case "giftCard":
      return payGiftCard(random, profile, due);
    case "mixed":
      return payMixed(random, profile, due);
    case "foreignCash":
      return payForeign(profile, due);
  }
}

function payCash(random: Random, profile: StoreProfile, due: bigint): TenderLine[] {
  const note = random.pick(profile.notes);
  const given = random.chance(20) ? due : ((due + note - 1n) / note) * note;
  return withChange([{ kind: "cash", use: "sale", amount: given }], given - due);
}

const withChange = (tenders: TenderLine[], change: bigint): TenderLine[] =>
  change === 0n ? tenders : [...tenders, { kind: "cash", use: "change", amount: -change }];

const card = (random: Random, amount: bigint): TenderLine => ({
  kind: "card",
  use: "sale",
  amount,
  card: {
    scheme: random.pick(["Visa", "MasterCard", "Debit"]),
    last4: String(random.int(0, 9_999)).padStart(4, "0"),
    authorization: String(random.int(100_000, 999_999)),
  },
});

/** A gift card pays what it holds; cash pays the rest. */
function payGiftCard(random: Random, profile: StoreProfile, due: bigint): TenderLine[] {
  const held = BigInt(random.int(5, 60)) * 100n;
  const taken = held < due ? held : due;
  const tender: TenderLine = { kind: "giftCard", use: "sale", amount: taken, giftCardLast4: String(random.int(0, 9_999)).padStart(4, "0") };
  return taken === due ? [tender] : [tender, ...payCash(random, profile, due - taken)];
}

function payMixed(random: Random, profile: StoreProfile, due: bigint): TenderLine[] {
  const inCash = due / BigInt(random.int(2, 4));
  return inCash === 0n ? [card(random, due)] : [card(random, due - inCash), ...payCash(random, profile, inCash)];
}

/** Whole notes of the neighbour's money at the day's rate; change in the shop's own. */
function payForeign(profile: StoreProfile, due: bigint): TenderLine[] {
  const { currency, note, rateMillionths } = profile.foreign;
  const worth = (notes: bigint): bigint => divideRounded(notes * note * rateMillionths, 1_000_000n);
  let notes = due / worth(1n);
  while (worth(notes) < due) notes += 1n;
  const given = worth(notes);
  return withChange(
    [{ kind: "foreignCash", use: "sale", amount: given, foreign: { currency, amount: notes * note, rateMillionths } }],
    given - due,
  );
}
