import { decimalSchema, type Decimal } from "@tillsync/sync-protocol";

/**
 * Plain decimal text in the model's form: no plus sign, no leading zeros, at most twelve decimals of which trailing zeros
 * past the model's bound are dropped. `undefined` for anything else, exponents and groupings among it.
 */
export function readDecimal(text: string): Decimal | undefined {
  const match = /^\s*([+-]?)0*([0-9]*)(?:\.([0-9]*))?\s*$/.exec(text);
  if (match === null || !/[0-9]/.test(text)) return undefined;
  let fraction = match[3] ?? "";
  if (fraction.length > 12) fraction = fraction.replace(/0+$/, "");
  const digits = `${match[2] === "" ? "0" : match[2]}${fraction === "" ? "" : `.${fraction}`}`;
  const decimal = decimalSchema.safeParse(match[1] === "-" && /[1-9]/.test(digits) ? `-${digits}` : digits);
  return decimal.success ? decimal.data : undefined;
}

export const isNegativeDecimal = (value: Decimal): boolean => value.startsWith("-");
export const negateDecimal = (value: Decimal): Decimal =>
  (value.startsWith("-") ? value.slice(1) : /[1-9]/.test(value) ? `-${value}` : value) as Decimal;
/** The value without its sign. */
export const absDecimal = (value: Decimal): Decimal => (value.startsWith("-") ? value.slice(1) : value) as Decimal;
