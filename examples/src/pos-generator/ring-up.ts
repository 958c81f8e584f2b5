import { divideRounded } from "./money.ts";
import type { Random } from "./random.ts";
import type { Article, StoreProfile } from "./store-profile.ts";
import type { ItemLine } from "./till-transaction.ts";

/** Items of a basket: pieces and weighed goods, now and then with a price cut on a line. */
export function ringUp(random: Random, profile: StoreProfile, lines: number): ItemLine[] {
  return Array.from({ length: lines }, () => ringUpOne(random, random.pick(profile.articles)));
}

function ringUpOne(random: Random, article: Article): ItemLine {
  const quantityMilli = article.weighed ? BigInt(random.int(85, 2_400)) : BigInt(random.chance(75) ? 1 : random.int(2, 6)) * 1_000n;
  const regular = divideRounded(quantityMilli * article.price, 1_000n);
  const discount = random.chance(12) ? divideRounded(regular * BigInt(random.pick([10, 15, 25])), 100n) : 0n;
  return {
    action: "sale",
    article,
    entry: random.chance(90) ? "Scanned" : "Keyed",
    quantityMilli,
    unitPrice: article.price,
    discount,
    extended: regular - discount,
  };
}

/** The line that takes back line `at` of `items`: the same with every sign turned. */
export function voidLine(items: readonly ItemLine[], at: number): ItemLine {
  const original = items[at];
  if (original === undefined) throw new RangeError(`no line ${at} to void`);
  return { ...turn(original), action: "void", voids: at };
}

/** The same goods and money in the other direction. */
export const turn = (line: ItemLine): ItemLine => ({
  ...line,
  quantityMilli: -line.quantityMilli,
  discount: -line.discount,
  extended: -line.extended,
});
