import type { Line, RetailTransaction, Tax } from "@tillsync/sync-protocol";
import { abs, divideRounded, exact } from "./decimals.ts";

/** A line of a receipt with all price changes in it, and its taxes. Minor units. */
export interface NetLine {
  readonly line: Line;
  readonly net: bigint;
  readonly taxes: readonly Tax[];
}

/**
 * What each line cost without the tax in its price. Lines that were voided at the till are left out with their voids;
 * discounts on the whole receipt are spread over the lines, so that each rate's tax is of what was paid. Undefined: the
 * receipt's taxes are told for the whole receipt alone, and of several rates: nobody can say which line bears which.
 */
export function netLines(receipt: RetailTransaction): NetLine[] | undefined {
  const lines = standingLines(receipt.lines);
  const taxes = lines.map((line) => taxesOf(line, receipt));
  if (taxes.some((own) => own === undefined)) return undefined;
  const cuts = spreadAdjustments(receipt, lines);
  return lines.map((line, at) => {
    const own = taxes[at] ?? [];
    return { line, taxes: own, net: withoutTax(BigInt(line.extendedAmount) + (cuts[at] ?? 0n), own, (cuts[at] ?? 0n) !== 0n) };
  });
}

/** Without pairs of a line and its void. A void that names no line stays, and takes its amount off by itself. */
function standingLines(lines: readonly Line[]): Line[] {
  const known = new Set(lines.map((line) => line.line));
  const pairs = lines.filter((line) => line.action === "void" && line.voidsLine !== undefined && known.has(line.voidsLine));
  const gone = new Set(pairs.flatMap((line) => [line.line, line.voidsLine]));
  return lines.filter((line) => !gone.has(line.line));
}

function taxesOf(line: Line, receipt: RetailTransaction): readonly Tax[] | undefined {
  if (line.taxes !== undefined && line.taxes.length > 0) return line.taxes;
  const listed = receipt.taxes ?? [];
  if (listed.length === 0 || receipt.lines.some((other) => (other.taxes ?? []).length > 0)) return [];
  const [only] = listed;
  return listed.length === 1 && only !== undefined ? [{ ...only, amount: "0" as Tax["amount"] }] : undefined;
}

/** Adjustments that are not in the lines, for each line: those of a line go there, the others by share of the lines' amounts. */
function spreadAdjustments(receipt: RetailTransaction, lines: readonly Line[]): bigint[] {
  const onTop = (receipt.adjustments ?? []).filter((adjustment) => !adjustment.included);
  const cuts = lines.map((line) =>
    onTop.filter((adjustment) => adjustment.line === line.line).reduce((sum, adjustment) => sum + BigInt(adjustment.amount), 0n),
  );
  const placed = new Set(lines.map((line) => line.line));
  const rest = onTop
    .filter((adjustment) => adjustment.line === undefined || !placed.has(adjustment.line))
    .reduce((sum, adjustment) => sum + BigInt(adjustment.amount), 0n);
  const shares = allocate(
    rest,
    lines.map((line) => BigInt(line.extendedAmount)),
  );
  return cuts.map((cut, at) => cut + (shares[at] ?? 0n));
}

/** Parts of `total` by weight, exact in sum: the largest remainders get the cents that are left. */
export function allocate(total: bigint, weights: readonly bigint[]): bigint[] {
  const sum = weights.reduce((all, weight) => all + weight, 0n);
  if (total === 0n || sum === 0n) return weights.map((_, at) => (at === 0 ? total : 0n));
  const parts = weights.map((weight, at) => ({ at, part: (total * weight) / sum, rest: abs((total * weight) % sum) }));
  let left = total - parts.reduce((all, { part }) => all + part, 0n);
  const step = left < 0n ? -1n : 1n;
  for (const one of parts.toSorted((a, b) => (a.rest === b.rest ? a.at - b.at : a.rest < b.rest ? 1 : -1))) {
    if (left === 0n) break;
    one.part += step;
    left -= step;
  }
  return parts.map(({ part }) => part);
}

/** Takes the tax out of a price that holds it: as the till printed it, or by rate where the price was changed since. */
function withoutTax(gross: bigint, taxes: readonly Tax[], changed: boolean): bigint {
  const included = taxes.filter((tax) => tax.includedInPrice);
  if (included.length === 0) return gross;
  const printed = included.every((tax) => tax.amount !== "0" || isZero(tax.rate));
  const rates = included.flatMap((tax) => (tax.rate === undefined ? [] : [exact(tax.rate)]));
  if (rates.length < included.length || (printed && !changed)) return gross - included.reduce((sum, tax) => sum + BigInt(tax.amount), 0n);
  const scale = Math.max(...rates.map((rate) => rate.scale));
  const hundred = 10n ** BigInt(scale + 2);
  const rate = rates.reduce((sum, one) => sum + one.digits * 10n ** BigInt(scale - one.scale), 0n);
  return divideRounded(gross * hundred, hundred + rate);
}

const isZero = (rate: string | undefined): boolean => rate !== undefined && exact(rate).digits === 0n;
