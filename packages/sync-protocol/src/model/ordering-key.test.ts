import { describe, expect, test } from "vitest";
import { sampleSale } from "../testing/sample.ts";
import { orderingKey } from "./ordering-key.ts";
import { countsAsSale, isRetail, transactionSchema, type Transaction } from "./transaction.ts";

const sale = sampleSale("114");
const other = { store: "9", workstation: "31", businessDay: "2017-10-01", sequence: "110" };
const make = (more: object): Transaction => transactionSchema.parse({ ...sale, ...more });
const lines = isRetail(sale) ? sale.lines : [];
const control = transactionSchema.parse({
  schemaVersion: 1,
  transactionType: "Control",
  identity: other,
  status: "completed",
  control: { kind: "noSale" },
});

describe("what a destination must see in order", () => {
  test.each([
    ["a sale by itself", sale, "9/31/2017-10-01/114"],
    ["its return, with the sale", make({ lines: [lines[0], { ...lines[1], action: "return", returnOf: other }] }), "9/31/2017-10-01/110"],
    [
      "a return that names no receipt, by itself",
      make({ lines: [{ ...lines[0], action: "return", returnOf: { receiptNumber: "7" } }] }),
      "9/31/2017-10-01/114",
    ],
    ["its void, with the sale", make({ status: "postVoided", voids: other }), "9/31/2017-10-01/110"],
    ["what is no sale, by itself", control, "9/31/2017-10-01/110"],
  ])("%s", (_, transaction, key) => {
    expect(orderingKey(transaction)).toBe(key);
  });
});

test("what counts as a sale: completed or reversing, no training, no order, no control", () => {
  expect(countsAsSale(sale)).toBe(true);
  expect(countsAsSale(make({ status: "postVoided", voids: other }))).toBe(true);
  for (const not of [
    make({ trainingMode: true }),
    make({ status: "cancelled" }),
    make({ status: "suspended" }),
    make({ transactionType: "CustomerOrder" }),
    control,
  ])
    expect(countsAsSale(not)).toBe(false);
});

test("an exponent that is not the currency's is refused", () => {
  expect(transactionSchema.safeParse({ ...sale, exponent: 3 }).success).toBe(false);
  expect(transactionSchema.safeParse({ ...sale, currency: "JPY" }).success).toBe(false);
  expect(transactionSchema.safeParse({ ...sale, currency: "JPY", exponent: 0 }).success).toBe(true);
});
