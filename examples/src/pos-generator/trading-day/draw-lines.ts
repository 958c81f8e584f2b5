import { allocate, divideRounded, sum } from "../money.ts";
import type { Random } from "../random.ts";
import { ASSORTMENT, BOTTLE, BOTTLE_DEPOSIT, type AssortmentItem } from "./assortment.ts";
import type { ReceiptReference } from "@tillsync/sync-protocol";

/** A line before it has a number. Amounts are minor units, signed from the customer's debt: a return's are negative. */
export interface DraftLine {
  readonly item: AssortmentItem;
  readonly action: "sale" | "return" | "void";
  /** Thousandths of a piece or of a kilogram. */
  readonly quantityMilli: bigint;
  readonly unitPrice: bigint;
  /** What a price cut took off; inside `extended` already. */
  readonly discount: bigint;
  readonly extended: bigint;
  /** This line's part of a discount on the whole receipt: not in `extended`, but off what is taxed. */
  readonly share: bigint;
  /** True: prices hold the tax. */
  readonly taxIncluded: boolean;
  /** Offset to the line that it belongs to or takes back: -1 is the line before. */
  readonly parentOffset?: number;
  readonly voidsOffset?: number;
  readonly returnOf?: ReceiptReference;
}

/** A basket of `count` draws; bottles bring their deposit. `taxIncluded` false: a trade counter with net prices. */
export function drawLines(random: Random, count: number, taxIncluded: boolean): DraftLine[] {
  const lines = Array.from({ length: count }, () => drawLine(random, random.pick(ASSORTMENT), taxIncluded)).flat();
  return count > 1 && random.chance(4) ? withVoid(lines) : lines;
}

function drawLine(random: Random, item: AssortmentItem, taxIncluded: boolean): DraftLine[] {
  if (item === BOTTLE_DEPOSIT) return drawLine(random, BOTTLE, taxIncluded);
  const quantityMilli = item.uom === "KGM" ? BigInt(random.int(85, 2_400)) : BigInt(random.chance(75) ? 1 : random.int(2, 6)) * 1_000n;
  const line = priceLine(item, quantityMilli, taxIncluded, random.chance(12) ? random.pick([10, 15, 25]) : 0);
  return item === BOTTLE ? [line, { ...priceLine(BOTTLE_DEPOSIT, quantityMilli, taxIncluded), parentOffset: -1 }] : [line];
}

export function priceLine(item: AssortmentItem, quantityMilli: bigint, taxIncluded: boolean, percentOff = 0): DraftLine {
  const shelf = BigInt(item.priceCents);
  const unitPrice = taxIncluded ? shelf : divideRounded(shelf * 100n, 100n + BigInt(item.taxRate));
  const regular = divideRounded(quantityMilli * unitPrice, 1_000n);
  const discount = divideRounded(regular * BigInt(percentOff), 100n);
  return { item, action: "sale", quantityMilli, unitPrice, discount, extended: regular - discount, share: 0n, taxIncluded };
}

/** The cashier takes the last line of the basket back before the end. */
function withVoid(lines: readonly DraftLine[]): DraftLine[] {
  const last = lines.at(-1);
  return last === undefined || last.parentOffset !== undefined
    ? [...lines]
    : [...lines, { ...turnLine(last), action: "void", voidsOffset: -1 }];
}

/** The same goods and money in the other direction. */
export const turnLine = (line: DraftLine): DraftLine => ({
  ...line,
  quantityMilli: -line.quantityMilli,
  discount: -line.discount,
  extended: -line.extended,
  share: -line.share,
});

/** Spreads a discount on the whole receipt over its lines, to the last cent, so that each rate's tax is of what is paid. */
export function shareDiscount(lines: readonly DraftLine[], discount: bigint): DraftLine[] {
  if (discount === 0n) return [...lines];
  const shares = allocate(
    discount,
    lines.map((line) => line.extended),
  );
  return lines.map((line, at) => ({ ...line, share: shares[at] ?? 0n }));
}

/** The tax in a line, or on top of it, rounded line by line as this till does. */
export function lineTax({ item, extended, share, taxIncluded }: DraftLine): bigint {
  const rate = BigInt(item.taxRate);
  return divideRounded((extended - share) * rate, taxIncluded ? 100n + rate : 100n);
}

/** What the customer owes. */
export const grandOf = (lines: readonly DraftLine[]): bigint =>
  sum(lines.map((line) => line.extended - line.share + (line.taxIncluded ? 0n : lineTax(line))));
