import { describe, expect, test } from "vitest";
import { sampleSale } from "../testing/sample.ts";
import type { Amount } from "../money/amount.ts";
import { checkBalance, computeTotals, type ReceiptParts } from "./balance.ts";
import { isRetail } from "./transaction.ts";

const amount = (text: string): Amount => text as Amount;
const parts = (): ReceiptParts => {
  const sale = sampleSale();
  if (!isRetail(sale)) throw new Error("the sample is a sale");
  return sale;
};
const check = (receipt: ReceiptParts) => checkBalance(receipt, computeTotals(receipt));

describe("the sums of a receipt beside its printed total", () => {
  test("agree to the last minor unit, change and included tax taken into account", () => {
    expect(computeTotals(parts())).toEqual({ lines: "800", adjustments: "0", exclusiveTax: "0", grand: "800", tenders: "800" });
    expect(check(parts())).toEqual({ state: "ok" });
  });

  test("an exclusive tax, a discount on top and cash rounding count; what is told for the record does not", () => {
    const receipt: ReceiptParts = {
      ...parts(),
      taxes: [
        { amount: amount("56"), includedInPrice: false },
        { amount: amount("999"), includedInPrice: true },
      ],
      adjustments: [
        { kind: "coupon", amount: amount("-100"), included: false },
        { kind: "promotion", amount: amount("-500"), included: true },
      ],
      rounding: { amount: amount("-1") },
      tenders: [{ line: 1, type: "cash", use: "sale", amount: amount("755") }],
      reported: { grand: amount("755") },
    };
    expect(computeTotals(receipt)).toMatchObject({ adjustments: "-100", exclusiveTax: "56", grand: "755" });
    expect(check(receipt)).toEqual({ state: "ok" });
  });

  test("taxes told on the lines and again below them are the same money", () => {
    const [line, ...lines] = parts().lines;
    if (line === undefined) throw new Error("the sample has lines");
    const taxed = { ...line, taxes: [{ amount: amount("50"), includedInPrice: false }] };
    expect(computeTotals({ ...parts(), taxes: [], lines: [taxed, ...lines] }).exclusiveTax).toBe("50");
    expect(
      computeTotals({ ...parts(), taxes: [{ amount: amount("50"), includedInPrice: false }], lines: [taxed, ...lines] }).exclusiveTax,
    ).toBe("50");
  });

  test("a tip rides on its tender", () => {
    const tipped = {
      ...parts(),
      tenders: [{ line: 1, type: "card" as const, use: "sale" as const, amount: amount("900"), tip: amount("100") }],
    };
    expect(check(tipped)).toEqual({ state: "ok" });
  });

  test("a difference is told with its size, a till without totals as such", () => {
    expect(check({ ...parts(), reported: { grand: amount("801") } })).toEqual({ state: "mismatch", grandDelta: "-1", tenderDelta: "-1" });
    expect(check({ ...parts(), tenders: [] })).toEqual({ state: "mismatch", grandDelta: "0", tenderDelta: "-800" });
    expect(check({ ...parts(), reported: {} })).toEqual({ state: "unreported" });
  });
});
