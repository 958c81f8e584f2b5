import type { Decimal } from "@tillsync/sync-protocol";

/** Digits behind the point that a decimal of the model may have. */
const SCALE = 12;
const ONE = 10n ** BigInt(SCALE);

/** A decimal as an integer of 10^-12. */
export function scaled(decimal: Decimal): bigint {
  const [whole = "0", fraction = ""] = decimal.replace("-", "").split(".");
  const value = BigInt(whole) * ONE + BigInt(fraction.padEnd(SCALE, "0"));
  return decimal.startsWith("-") ? -value : value;
}

function written(value: bigint): Decimal {
  const [sign, positive] = value < 0n ? ["-", -value] : ["", value];
  const fraction = (positive % ONE).toString().padStart(SCALE, "0").replace(/0+$/, "");
  return `${sign}${positive / ONE}${fraction === "" ? "" : `.${fraction}`}` as Decimal;
}

export const addDecimals = (a: Decimal, b: Decimal): Decimal => written(scaled(a) + scaled(b));
export const absolute = (decimal: Decimal): Decimal => decimal.replace("-", "") as Decimal;

/** `price` times `quantity` in minor units, and whether that lies exactly between two of them. Both at or above zero. */
export function extend(price: bigint, quantity: Decimal): { readonly rounded: bigint; readonly isHalf: boolean } {
  const exact = price * scaled(quantity);
  const [whole, rest] = [exact / ONE, exact % ONE];
  return { rounded: rest * 2n >= ONE ? whole + 1n : whole, isHalf: rest * 2n === ONE };
}

/** Smallest price whose extension is at least `amount`. `quantity` above zero. */
export function priceFor(amount: bigint, quantity: Decimal): bigint {
  const parts = scaled(quantity);
  return (amount * ONE + parts - 1n) / parts;
}
