import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isCardNumber, isGtin } from "./iin.ts";
import { maskCardNumbersInBytes } from "./mask-bytes.ts";
import { maskCardNumbers, maskItemCode } from "./mask-card-numbers.ts";

const PREFIXES = ["4", "51", "2221", "34", "37", "36", "3528", "6011", "65", "62", "2200"] as const;
const LENGTHS: Readonly<Record<string, number>> = { "34": 15, "37": 15, "36": 14 };

/** A number with a valid check digit in a known range. */
const card = fc.tuple(fc.constantFrom(...PREFIXES), fc.array(fc.nat(9), { minLength: 19, maxLength: 19 })).map(([prefix, filler]) => {
  const body = (prefix + filler.join("")).slice(0, (LENGTHS[prefix] ?? 16) - 1);
  for (let check = 0; check < 10; check += 1) {
    const digits = Array.from(body + check, Number);
    if (isCardNumber(digits, 0, digits.length)) return body + check;
  }
  throw new Error("every body has a check digit");
});
const letters = fc.stringMatching(/^[A-Za-z<>:,;"' ]{0,20}$/);

test("every card number is masked, wherever it stands and however it is split", () => {
  fc.assert(
    fc.property(card, letters, letters, fc.constantFrom("", " ", "-"), (number, before, after, separator) => {
      const written = number.match(/.{1,4}/g)!.join(separator);
      const text = `${before}${written}${after}`;
      const masked = maskCardNumbers(text);
      expect(masked.text.replace(/[^0-9]/g, "")).not.toContain(number);
      expect(masked.text).toHaveLength(text.length);
      const bytes = maskCardNumbersInBytes(new TextEncoder().encode(text));
      expect(new TextDecoder().decode(bytes.bytes).replace(/[^0-9]/g, "")).not.toContain(number);
    }),
    { numRuns: 500 },
  );
});

test("masking twice is masking once", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 80 }), card, (text, number) => {
      const once = maskCardNumbers(`${text} ${number}`).text;
      expect(maskCardNumbers(once).text).toBe(once);
    }),
  );
});

/** A generator with a seed, so that the rates below are the same in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const N = 20_000;
const digitsOf = (next: () => number, length: number): string => Array.from({ length }, () => String(Math.floor(next() * 10))).join("");

function gtin13(next: () => number): string {
  const body = digitsOf(next, 12);
  for (let check = 0; check < 10; check += 1) if (isGtin(Array.from(body + check, Number))) return body + check;
  throw new Error("every body has a check digit");
}

function rate(make: () => string, hit: (text: string) => boolean): number {
  let hits = 0;
  for (let i = 0; i < N; i += 1) if (hit(make())) hits += 1;
  return hits / N;
}

test("articles keep their numbers: no EAN is lost, in a code or in a text", () => {
  const next = random(1);
  expect(
    rate(
      () => gtin13(next),
      (ean) => maskItemCode(ean) !== ean || maskItemCode(ean.padStart(14, "0")) !== ean.padStart(14, "0"),
    ),
  ).toBe(0);
  expect(
    rate(
      () => `EAN ${gtin13(next)} blue`,
      (text) => maskCardNumbers(text).found > 0,
    ),
  ).toBe(0);
});

test.each([
  [10, 0],
  [12, 0],
  [14, 0.012],
  [16, 0.05],
  [18, 0.12],
])("of random order numbers of %i digits, at most a share of %f is taken for a card", (length, most) => {
  const next = random(length);
  expect(
    rate(
      () => `order ${digitsOf(next, length)}`,
      (text) => maskCardNumbers(text).found > 0,
    ),
  ).toBeLessThanOrEqual(most);
});
