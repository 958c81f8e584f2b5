import { sumAmounts, ZERO, type Amount, type Decimal, type Line, type RetailTransaction, type Tax } from "@tillsync/sync-protocol";
import { addDecimals, absolute } from "./decimals.ts";

/** Goods that went one way; figures above zero, whichever way that is. */
export interface GoodsLine {
  readonly line: Line;
  readonly quantity: Decimal;
  /** Minor units, taxes on top included: what the customer paid or got back for it. */
  readonly gross: bigint;
}

/** Money of a receipt that belongs to no line: a discount (below zero), rounding, a tax of the whole receipt. */
export interface Extra {
  readonly label: string;
  readonly amount: bigint;
}

/** A receipt taken apart for systems that keep sold and returned goods apart: sold - returned + extras = grand, to the last minor unit. */
export interface SaleParts {
  readonly sold: readonly GoodsLine[];
  readonly returned: readonly GoodsLine[];
  readonly extras: readonly Extra[];
  readonly grand: bigint;
}

/** A receipt without goods and without money, such as one whose lines were all voided: nothing to post. */
export const isEmpty = ({ sold, returned, grand }: SaleParts): boolean => sold.length === 0 && returned.length === 0 && grand === 0n;

/** What the receipt printed, or its parts sum to where it printed nothing. */
export const grandTotal = ({ reported, computed }: RetailTransaction): Amount => reported.grand ?? computed.grand;

/**
 * Takes a receipt apart. Voided lines and their voids vanish together. Whatever the lines and the named extras do not
 * explain of the printed total becomes an extra of its own: the total is the receipt's, always.
 */
export function saleParts(transaction: RetailTransaction): SaleParts {
  const { standing, orphans } = settleVoids(transaction.lines);
  const goods = standing.map((line) => ({ line, signed: BigInt(line.extendedAmount) + taxOnTop(line.taxes ?? []) }));
  const isBack = ({ line, signed }: { line: Line; signed: bigint }): boolean => signed < 0n || (signed === 0n && line.action === "return");
  const part = ({ line, signed }: { line: Line; signed: bigint }): GoodsLine => ({
    line,
    quantity: absolute(line.quantity.value),
    gross: signed < 0n ? -signed : signed,
  });
  const named = [
    ...orphans.map((line) => ({ label: "void", amount: BigInt(line.extendedAmount) + taxOnTop(line.taxes ?? []) })),
    ...(transaction.adjustments ?? [])
      .filter((one) => !one.included)
      .map((one) => ({ label: one.reason ?? one.kind, amount: BigInt(one.amount) })),
    { label: "tax", amount: BigInt(transaction.computed.exclusiveTax) - sum(transaction.lines.map((line) => taxOnTop(line.taxes ?? []))) },
    { label: "rounding", amount: BigInt(transaction.rounding?.amount ?? ZERO) },
  ];
  const grand = BigInt(grandTotal(transaction));
  const explained = sum(goods.map(({ signed }) => signed)) + sum(named.map(({ amount }) => amount));
  const extras = [...named, { label: "difference", amount: grand - explained }].filter(({ amount }) => amount !== 0n);
  return { sold: goods.filter((one) => !isBack(one)).map(part), returned: goods.filter(isBack).map(part), extras, grand };
}

const taxOnTop = (taxes: readonly Tax[]): bigint =>
  BigInt(sumAmounts(taxes.filter(({ includedInPrice }) => !includedInPrice).map(({ amount }) => amount)));

export const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, one) => total + one, 0n);

/** A void takes its line with it, or what it voids of it; one that names nothing we know is left over. */
function settleVoids(lines: readonly Line[]): { readonly standing: readonly Line[]; readonly orphans: readonly Line[] } {
  const standing: Line[] = lines.filter(({ action }) => action !== "void");
  const orphans: Line[] = [];
  for (const voiding of lines.filter(({ action }) => action === "void")) {
    const at = standing.findLastIndex((line) => isVoidedBy(line, voiding));
    const target = standing[at];
    if (target === undefined) orphans.push(voiding);
    else if (BigInt(target.extendedAmount) + BigInt(voiding.extendedAmount) === 0n) standing.splice(at, 1);
    else standing[at] = reduced(target, voiding);
  }
  return { standing, orphans };
}

const isVoidedBy = (line: Line, voiding: Line): boolean =>
  voiding.voidsLine === undefined
    ? line.itemId === voiding.itemId && BigInt(line.extendedAmount) === -BigInt(voiding.extendedAmount)
    : line.line === voiding.voidsLine;

const reduced = (line: Line, voiding: Line): Line => ({
  ...line,
  quantity: { ...line.quantity, value: addDecimals(line.quantity.value, voiding.quantity.value) },
  extendedAmount: sumAmounts([line.extendedAmount, voiding.extendedAmount]),
  ...(line.taxes === undefined ? {} : { taxes: [...line.taxes, ...(voiding.taxes ?? [])] }),
});
