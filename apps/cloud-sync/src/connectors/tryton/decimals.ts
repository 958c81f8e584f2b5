/** An exact decimal: `digits` times ten to the minus `scale`. */
export interface Exact {
  readonly digits: bigint;
  readonly scale: number;
}

export function exact(text: string): Exact {
  const [whole = "0", fraction = ""] = text.split(".");
  return { digits: BigInt(whole + fraction), scale: fraction.length };
}

/** Half away from zero, as tills and Tryton's users reckon it. */
export function divideRounded(numerator: bigint, denominator: bigint): bigint {
  const negative = numerator < 0n !== denominator < 0n;
  const [a, b] = [abs(numerator), abs(denominator)];
  const quotient = (2n * a + b) / (2n * b);
  return negative ? -quotient : quotient;
}

export const abs = (value: bigint): bigint => (value < 0n ? -value : value);

/** `minor / quantity` in major units, rounded to `decimals`. The quantity is not zero. */
export function unitPrice(minor: bigint, exponent: number, quantity: Exact, decimals: number): string {
  const numerator = minor * 10n ** BigInt(quantity.scale + decimals);
  return decimalText(divideRounded(numerator, quantity.digits * 10n ** BigInt(exponent)), decimals);
}

export function decimalText(digits: bigint, scale: number): string {
  const text = abs(digits)
    .toString()
    .padStart(scale + 1, "0");
  const sign = digits < 0n ? "-" : "";
  return scale === 0 ? sign + text : `${sign}${text.slice(0, -scale)}.${text.slice(-scale)}`;
}

export const negateText = (text: string): string => (text.startsWith("-") ? text.slice(1) : /^0(\.0*)?$/.test(text) ? text : `-${text}`);
