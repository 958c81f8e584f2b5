import { z } from "zod";
import { AMOUNT_DIGITS_MAX } from "../limits.ts";

/**
 * An amount in minor units of the transaction's currency (cents, yen, fils), as the text of an integer: `"-440"` is
 * -4.40 where the exponent is 2. Text, because JSON numbers are floats to most readers.
 */
export const amountSchema = z
  .string()
  .regex(new RegExp(`^(0|-?[1-9][0-9]{0,${AMOUNT_DIGITS_MAX - 1}})$`), "integer minor units as text")
  .brand<"Amount">();
export type Amount = z.infer<typeof amountSchema>;

/** An exact decimal as text, for unit prices, rates, weights and quantities: up to 15 digits before and 12 behind. */
export const decimalSchema = z
  .string()
  .regex(/^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,12})?$/, "exact decimal as text")
  .brand<"Decimal">();
export type Decimal = z.infer<typeof decimalSchema>;

export const ZERO = "0" as Amount;

/** Exact sum of amounts of one currency. */
export function sumAmounts(amounts: Iterable<Amount>): Amount {
  let total = 0n;
  for (const amount of amounts) total += BigInt(amount);
  return total.toString() as Amount;
}

export const addAmounts = (a: Amount, b: Amount): Amount => (BigInt(a) + BigInt(b)).toString() as Amount;
export const subtractAmounts = (a: Amount, b: Amount): Amount => (BigInt(a) - BigInt(b)).toString() as Amount;
export const negateAmount = (a: Amount): Amount => (-BigInt(a)).toString() as Amount;

/** `formatAmount("-440", 2)` is `"-4.40"`: plain decimal text, no grouping, no symbol. */
export function formatAmount(amount: Amount, exponent: number): string {
  const minor = BigInt(amount);
  const digits = (minor < 0n ? -minor : minor).toString().padStart(exponent + 1, "0");
  const sign = minor < 0n ? "-" : "";
  return exponent === 0 ? sign + digits : `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

/** What `parseAmount` says of a text: the amount, or why it is none. */
export type ParsedAmount = { ok: true; amount: Amount } | { ok: false; reason: "notDecimal" | "tooPrecise" | "tooLarge" };

/**
 * Reads plain decimal text (`-4.4`, `+12`, `.50`, `1234.500`) as minor units. Zeros past the exponent are dropped;
 * any other digit there is `tooPrecise`, never rounded: a till that prints three decimals in euro is a question for a
 * person. No grouping, no exponent notation; a profile normalises commas before it calls this.
 */
export function parseAmount(text: string, exponent: number): ParsedAmount {
  const match = /^([+-]?)([0-9]*)(?:\.([0-9]*))?$/.exec(text.trim());
  if (match === null || (match[2] === "" && (match[3] ?? "") === "")) return { ok: false, reason: "notDecimal" };
  const fraction = (match[3] ?? "").replace(/0+$/, "");
  if (fraction.length > exponent) return { ok: false, reason: "tooPrecise" };
  const minor = BigInt(`${match[2] || "0"}${fraction.padEnd(exponent, "0")}`);
  if (minor.toString().length > AMOUNT_DIGITS_MAX) return { ok: false, reason: "tooLarge" };
  return { ok: true, amount: (match[1] === "-" ? -minor : minor).toString() as Amount };
}
