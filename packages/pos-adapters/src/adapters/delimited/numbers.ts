import type { Amount, Decimal } from "@tillsync/sync-protocol";
import { AMOUNT_DIGITS_MAX } from "@tillsync/sync-protocol";
import { readDecimal } from "../../kit/fields/decimal.ts";

export interface NumberFormat {
  readonly decimalSeparator: "." | ",";
  readonly groupSeparator?: string | undefined;
}

/**
 * Plain decimal of a field as a file writes it: its decimal and group separators, a sign before or behind. Groups must be
 * of three digits: `1.50` with `.` as group separator is no number, and not 150. `undefined` for what is none.
 */
export function readNumber(text: string, { decimalSeparator, groupSeparator }: NumberFormat): Decimal | undefined {
  const match = /^([+-]?)(.*?)([+-]?)$/.exec(text.trim());
  if (match === null || (match[1] !== "" && match[3] !== "")) return undefined;
  const [whole = "", ...fractions] = (match[2] ?? "").split(decimalSeparator);
  if (fractions.length > 1 || fractions.some((part) => !/^[0-9]*$/.test(part))) return undefined;
  const digits = groupSeparator !== undefined && whole.includes(groupSeparator) ? joinGroups(whole, groupSeparator) : whole;
  if (digits === undefined || !/^[0-9]*$/.test(digits)) return undefined;
  return readDecimal(`${match[1] || match[3]}${digits}${fractions.length === 0 ? "" : `.${fractions[0] ?? ""}`}`);
}

function joinGroups(whole: string, separator: string): string | undefined {
  const [first = "", ...rest] = whole.split(separator);
  return /^[0-9]{1,3}$/.test(first) && rest.every((group) => /^[0-9]{3}$/.test(group)) ? first + rest.join("") : undefined;
}

export type Rounding = "half-up" | "half-even";

/** Decimals of a number: `2.50` has two, trailing zeros of a float do not count as more. */
export const decimalsOf = (value: Decimal): number => (value.split(".")[1] ?? "").replace(/0+$/, "").length;

/**
 * `a` times `b` in minor units of `exponent`, exact and then rounded once, away from zero (`half-up`) or to the even
 * neighbour (`half-even`) where it lies in the middle. `undefined` past the digits an amount may have.
 */
export function multiplyToMinor(a: Decimal, b: Decimal, exponent: number, rounding: Rounding): Amount | undefined {
  const [left, leftScale] = unscaled(a);
  const [right, rightScale] = unscaled(b);
  const product = left * right;
  const surplus = leftScale + rightScale - exponent;
  const minor = surplus <= 0 ? product * 10n ** BigInt(-surplus) : divideRounded(product, 10n ** BigInt(surplus), rounding);
  const text = minor.toString();
  return text.replace("-", "").length > AMOUNT_DIGITS_MAX ? undefined : (text as Amount);
}

function unscaled(value: Decimal): [bigint, number] {
  const [whole = "0", fraction = ""] = value.split(".");
  return [BigInt(whole + fraction), fraction.length];
}

function divideRounded(value: bigint, divisor: bigint, rounding: Rounding): bigint {
  const magnitude = value < 0n ? -value : value;
  const quotient = magnitude / divisor;
  const twice = (magnitude % divisor) * 2n;
  const up = twice > divisor || (twice === divisor && (rounding === "half-up" || quotient % 2n === 1n));
  const rounded = up ? quotient + 1n : quotient;
  return value < 0n ? -rounded : rounded;
}
