import type { Exact } from "../../connectors/tryton/decimals.ts";
import { divideRounded } from "../../connectors/tryton/decimals.ts";

/** Zeros that an exponent may stand for: far more than any price has. */
const EXPONENT_MAX = 40;

/** Reads a decimal as Python writes it (`1.2056`, `0E-16`, `1E+2`); undefined for what is no number or out of all measure. */
export function readDecimal(text: string): Exact | undefined {
  const match = /^(-?)(\d{1,40})(?:\.(\d{1,40}))?(?:E([+-]?\d{1,3}))?$/.exec(text);
  if (match === null) return undefined;
  const [, sign = "", whole = "0", fraction = "", power = "0"] = match;
  const shift = Number(power);
  if (Math.abs(shift) > EXPONENT_MAX) return undefined;
  const digits = BigInt(sign + whole + fraction);
  const scale = fraction.length - shift;
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 };
}

export const ZERO_EXACT: Exact = { digits: 0n, scale: 0 };

export function add(a: Exact, b: Exact): Exact {
  const scale = Math.max(a.scale, b.scale);
  return { digits: a.digits * 10n ** BigInt(scale - a.scale) + b.digits * 10n ** BigInt(scale - b.scale), scale };
}

const multiply = (a: Exact, b: Exact): Exact => ({ digits: a.digits * b.digits, scale: a.scale + b.scale });

/** A price with its taxes on top, in minor units: exact until the end, where half a unit rounds away from zero. */
export function priceWithTax(net: Exact, tax: { readonly rate: Exact; readonly fixed: Exact }, exponent: number): string {
  const gross = add(multiply(net, add({ digits: 1n, scale: 0 }, tax.rate)), tax.fixed);
  return divideRounded(gross.digits * 10n ** BigInt(exponent), 10n ** BigInt(gross.scale)).toString();
}
