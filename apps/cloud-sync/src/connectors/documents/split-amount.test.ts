import { assert, bigInt, integer, property } from "fast-check";
import { expect, test } from "vitest";
import type { Decimal } from "@tillsync/sync-protocol";
import { splitAmount, totalOf, wholeUnits } from "./split-amount.ts";

test("an amount and its parts are the same, and so are the units", () => {
  assert(
    property(bigInt({ min: 0n, max: 10_000_000n }), integer({ min: 1, max: 5_000 }), (amount, units) => {
      const parts = splitAmount(amount, units);
      expect(totalOf(parts)).toBe(amount);
      expect(parts.reduce((all, one) => all + one.units, 0)).toBe(units);
      expect(parts.length).toBeLessThanOrEqual(2);
    }),
  );
});

test.each([
  ["1", 1],
  ["12", 12],
  ["0.305", 1],
  ["999999999", 999_999_999],
  ["1000000000", 1],
])("%s is %d units", (quantity, units) => {
  expect(wholeUnits(quantity as Decimal)).toBe(units);
});
