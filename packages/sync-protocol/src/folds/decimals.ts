import { decimalSchema, type Decimal } from "../money/amount.ts";

/** Digits behind the point that a decimal of the model may have. */
const SCALE = 12;
const ONE = 10n ** BigInt(SCALE);

export const ZERO_DECIMAL = "0" as Decimal;

/** A decimal as an integer of 10^-12. */
function scaled(decimal: Decimal): bigint {
  const [whole = "0", fraction = ""] = decimal.replace("-", "").split(".");
  const value = BigInt(whole) * ONE + BigInt(fraction.padEnd(SCALE, "0"));
  return decimal.startsWith("-") ? -value : value;
}

function written(value: bigint): Decimal {
  const [sign, positive] = value < 0n ? ["-", -value] : ["", value];
  const fraction = (positive % ONE).toString().padStart(SCALE, "0").replace(/0+$/, "");
  return `${sign}${positive / ONE}${fraction === "" ? "" : `.${fraction}`}` as Decimal;
}

/** Exact sum in its shortest form. It may have more digits than a field takes: see `isDecimal`. */
export function sumDecimals(decimals: Iterable<Decimal>): Decimal {
  let total = 0n;
  for (const decimal of decimals) total += scaled(decimal);
  return written(total);
}

export const negateDecimal = (decimal: Decimal): Decimal => written(-scaled(decimal));

/** Below, at or above zero as `a` is below, equal to or above `b`. `1.0` equals `1`. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const difference = scaled(a) - scaled(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** Whether a sum still fits a field of the model. */
export const isDecimal = (decimal: Decimal): boolean => decimalSchema.safeParse(decimal).success;
