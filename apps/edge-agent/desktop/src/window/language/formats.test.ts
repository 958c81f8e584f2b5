import { expect, test } from "vitest";
import { chooseLocale } from "./choose-locale.ts";
import { openFormats } from "./formats.ts";

const plain = (text: string): string => text.replaceAll(/[\u00a0\u202f]/g, " ");
const AT = Date.UTC(2026, 10, 21, 13, 5, 9);

test("money is exact at any size and has the currency's own digits", () => {
  const { money } = openFormats("de", null);
  expect(plain(money("-440", "EUR", 2))).toBe("-4,40 €");
  expect(plain(money("900719925474099312", "EUR", 2))).toBe("9.007.199.254.740.993,12 €");
  expect(plain(money("1500", "JPY", 0))).toBe("1.500 ¥");
  expect(plain(money("1234", "KWD", 3))).toBe("1,234 KWD");
  expect(plain(money("100", "not a currency", 2))).toBe("1,00");
});

test("times are of the store's zone; a zone that nobody knows is this machine's", () => {
  const berlin = openFormats("en-GB", "Europe/Berlin");
  expect(berlin.time(AT)).toBe("14:05");
  expect(berlin.time(AT, AT + 86_400_000)).toBe("21 Nov 2026, 14:05");
  expect(openFormats("en-GB", "Mars/Olympus").time(AT)).toBe(openFormats("en-GB", null).time(AT));
  expect(berlin.businessDay("2026-11-21")).toContain("21 November 2026");
});

test.each([
  [0, "0 seconds"],
  [-5_000, "0 seconds"],
  [999, "0 seconds"],
  [59_999, "59 seconds"],
  [60_000, "1 minute"],
  [61_000, "1 minute 1 second"],
  [3_600_000, "1 hour"],
  [8 * 3_600_000, "8 hours"],
  [90_000_000, "1 day 1 hour"],
])("%i ms is %s", (ms, text) => {
  expect(openFormats("en", null).duration(ms)).toBe(text);
});

test("numbers are written as in the person's region, where that speaks the language", () => {
  expect(chooseLocale("de", ["fr-FR", "de-CH"])).toBe("de-CH");
  expect(chooseLocale("de", ["en-GB", "fr"])).toBe("de");
});
