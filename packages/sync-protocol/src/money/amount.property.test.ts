import * as fc from "fast-check";
import { expect, test } from "vitest";
import { AMOUNT_DIGITS_MAX } from "../limits.ts";
import {
  addAmounts,
  amountSchema,
  decimalSchema,
  formatAmount,
  negateAmount,
  parseAmount,
  subtractAmounts,
  sumAmounts,
  ZERO,
  type Amount,
} from "./amount.ts";
import { currencyExponent, currencySchema } from "./currency.ts";

const LARGEST = 10n ** BigInt(AMOUNT_DIGITS_MAX) - 1n;
const amount = fc.bigInt({ min: -LARGEST, max: LARGEST }).map((n) => n.toString() as Amount);
const exponent = fc.constantFrom(0, 2, 3, 4);

test("what is written is read as the same amount, at every exponent", () => {
  fc.assert(
    fc.property(amount, exponent, (value, digits) => {
      expect(parseAmount(formatAmount(value, digits), digits)).toEqual({ ok: true, amount: value });
      expect(amountSchema.parse(value)).toBe(value);
    }),
  );
});

test("the sum is exact, in any order and grouping", () => {
  fc.assert(
    fc.property(fc.array(amount, { maxLength: 50 }), fc.nat(), (amounts, at) => {
      const expected = amounts.reduce((sum, one) => sum + BigInt(one), 0n).toString();
      const cut = amounts.length === 0 ? 0 : at % amounts.length;
      expect(sumAmounts(amounts)).toBe(expected);
      expect(sumAmounts(amounts.toReversed())).toBe(expected);
      expect(addAmounts(sumAmounts(amounts.slice(0, cut)), sumAmounts(amounts.slice(cut)))).toBe(expected);
      expect(subtractAmounts(sumAmounts(amounts), sumAmounts(amounts))).toBe(ZERO);
    }),
  );
});

test("negation twice is the amount itself, and zero has one form", () => {
  fc.assert(
    fc.property(amount, (value) => {
      expect(negateAmount(negateAmount(value))).toBe(value);
    }),
  );
  expect(negateAmount(ZERO)).toBe("0");
});

test("digits past the exponent are refused unless they are zeros, and any text has an answer", () => {
  fc.assert(
    fc.property(amount, exponent, fc.integer({ min: 1, max: 999 }), (value, digits, past) => {
      const text = `${formatAmount(value, digits)}${digits === 0 ? "." : ""}`;
      expect(parseAmount(`${text}000`, digits)).toEqual({ ok: true, amount: value });
      expect(parseAmount(`${text}${String(past).padStart(3, "0")}`, digits)).toEqual({ ok: false, reason: "tooPrecise" });
    }),
  );
  fc.assert(
    fc.property(fc.string(), exponent, (text, digits) => {
      const parsed = parseAmount(text, digits);
      if (parsed.ok) expect(amountSchema.safeParse(parsed.amount).success).toBe(true);
    }),
  );
});

test("an amount has up to its limit of digits, and not one more", () => {
  expect(amountSchema.safeParse(LARGEST.toString()).success).toBe(true);
  expect(amountSchema.safeParse((-LARGEST).toString()).success).toBe(true);
  expect(amountSchema.safeParse((LARGEST + 1n).toString()).success).toBe(false);
  expect(parseAmount("9".repeat(AMOUNT_DIGITS_MAX), 0)).toEqual({ ok: true, amount: LARGEST.toString() });
  expect(parseAmount("9".repeat(AMOUNT_DIGITS_MAX + 1), 0)).toEqual({ ok: false, reason: "tooLarge" });
  for (const bad of ["-0", "00", "1.0", "+1", " 1", "1e3", ""]) expect(amountSchema.safeParse(bad).success, bad).toBe(false);
  for (const bad of ["1.", ".5", "01", "1e3", "1".repeat(16), `0.${"1".repeat(13)}`])
    expect(decimalSchema.safeParse(bad).success, bad).toBe(false);
});

test("a currency brings its exponent; what is no money at a till is unknown", () => {
  expect(["EUR", "JPY", "BHD", "CLF"].map(currencyExponent)).toEqual([2, 0, 3, 4]);
  for (const code of ["XXX", "XAU", "eur", ""]) expect(currencySchema.safeParse(code).success, code).toBe(false);
});
