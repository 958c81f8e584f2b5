import { describe, expect, test } from "vitest";
import type { Transaction } from "../model/transaction.ts";
import { compareDecimals, isDecimal, negateDecimal, sumDecimals } from "./decimals.ts";
import { stockFacts } from "./stock-facts.ts";
import type { Decimal } from "../money/amount.ts";

const line = (itemId: string, value: string, more: object = {}): object => ({
  line: 1,
  action: "sale",
  itemType: "stock",
  itemId,
  quantity: { value, uom: "EA" },
  extendedAmount: "0",
  ...more,
});
const receipt = (lines: readonly object[], more: object = {}): Transaction =>
  ({ transactionType: "RetailTransaction", status: "completed", lines, ...more }) as unknown as Transaction;
const inventory = (kind: string, items: readonly [string, string][], more: object = {}): Transaction =>
  ({
    transactionType: "Inventory",
    status: "completed",
    inventory: { kind, items: items.map(([itemId, value]) => ({ itemId, quantity: { value, uom: "EA" } })) },
    ...more,
  }) as unknown as Transaction;
const told = (story: Parameters<typeof stockFacts>[0]): string[] =>
  stockFacts(story).map(({ kind, itemId, quantity }) => `${kind} ${itemId} ${quantity}`);
const sale = receipt([line("a", "2"), line("b", "1.5")]);
const aVoid = receipt([line("a", "2")], { status: "postVoided", voids: { store: "9" } });

describe("what a record does to stock", () => {
  test.each([
    ["a sale", receipt([line("a", "2"), line("a", "1"), line("b", "0.250")]), ["movement a -3", "movement b -0.25"]],
    ["a return", receipt([line("a", "-1", { action: "return" })]), ["movement a 1"]],
    ["a line and its void", receipt([line("a", "1"), line("a", "-1", { action: "void" })]), []],
    ["a service", receipt([line("a", "1", { itemType: "service" })]), []],
    ["training", receipt([line("a", "1")], { trainingMode: true }), []],
    ["a parked receipt", receipt([line("a", "1")], { status: "suspended" }), []],
    ["what is sold for somebody else", receipt([line("a", "1")], { outsideSales: true }), []],
    ["an order", receipt([line("a", "1")], { transactionType: "CustomerOrder" }), []],
    ["goods that come in", inventory("receiving", [["a", "12"]]), ["movement a 12"]],
    ["waste", inventory("waste", [["a", "-1"]]), ["movement a -1"]],
    [
      "a count in two places",
      inventory("count", [
        ["a", "4"],
        ["a", "3"],
        ["b", "0"],
      ]),
      ["count a 7", "count b 0"],
    ],
    ["an abandoned count", inventory("count", [["a", "4"]], { status: "cancelled" }), []],
  ])("%s", (_what, transaction, facts) => expect(told({ transaction })).toEqual(facts));

  test("a revision changes the difference alone; one that withdraws the receipt brings all back", () => {
    expect(told({ transaction: receipt([line("a", "3"), line("b", "1.5")]), previous: sale })).toEqual(["movement a -1"]);
    expect(told({ transaction: receipt([], { status: "cancelled" }), previous: sale })).toEqual(["movement a 2", "movement b 1.5"]);
    expect(told({ transaction: inventory("count", [["a", "5"]]), previous: inventory("count", [["a", "4"]]) })).toEqual(["count a 5"]);
  });

  test("a void brings back what it voids and nothing of its own; later revisions of either bring nothing more", () => {
    expect(told({ transaction: aVoid, voided: sale })).toEqual(["movement a 2", "movement b 1.5"]);
    expect(told({ transaction: aVoid, voided: undefined })).toEqual([]);
    expect(told({ transaction: aVoid, previous: aVoid, voided: undefined })).toEqual([]);
    expect(told({ transaction: receipt([line("a", "3")]), previous: sale, isVoided: true })).toEqual([]);
  });
});

test("decimals are exact, and told when they do not fit", () => {
  expect(sumDecimals(["0.1", "0.2", "-0.30"] as Decimal[])).toBe("0");
  expect(sumDecimals(["-0.000000000001", "5"] as Decimal[])).toBe("4.999999999999");
  expect(negateDecimal("-1.50" as Decimal)).toBe("1.5");
  expect(compareDecimals("1.0" as Decimal, "1" as Decimal)).toBe(0);
  expect(compareDecimals("-2" as Decimal, "1" as Decimal)).toBeLessThan(0);
  expect(isDecimal("999999999999999" as Decimal)).toBe(true);
  expect(isDecimal(sumDecimals(["999999999999999", "1"] as Decimal[]))).toBe(false);
});
