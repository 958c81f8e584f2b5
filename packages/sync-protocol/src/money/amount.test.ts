import { expect, test } from "vitest";
import { formatAmount, parseAmount, type Amount } from "./amount.ts";

test.each([
  ["12.34", 2, "1234"],
  ["-4.4", 2, "-440"],
  ["+.5", 2, "50"],
  ["1234.500", 2, "123450"],
  ["7", 0, "7"],
  ["0.125", 3, "125"],
  ["-0.00", 2, "0"],
])("reads %s with exponent %i as %s", (text, exponent, minor) => {
  expect(parseAmount(text, exponent)).toEqual({ ok: true, amount: minor });
});

test.each([
  ["1.005", 2, "tooPrecise"],
  ["0.1e3", 2, "notDecimal"],
  ["1,50", 2, "notDecimal"],
  ["", 2, "notDecimal"],
  [".", 2, "notDecimal"],
  ["12345678901234.00", 2, "tooLarge"],
])("refuses %s", (text, exponent, reason) => {
  expect(parseAmount(text, exponent)).toEqual({ ok: false, reason });
});

test.each([
  ["-440", 2, "-4.40"],
  ["5", 3, "0.005"],
  ["70", 0, "70"],
])("writes %s with exponent %i as %s", (amount, exponent, text) => {
  expect(formatAmount(amount as Amount, exponent)).toBe(text);
});
