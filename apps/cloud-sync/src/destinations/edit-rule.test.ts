import { transactionSchema, type Transaction } from "@tillsync/sync-protocol";
import { describe, expect, test } from "vitest";
import { makeSale } from "../transactions/testing/make-transaction.ts";
import { compareEdit, newCardNumbers } from "./edit-rule.ts";

const rich = {
  customerRef: `ps1_${"a".repeat(43)}`,
  extensions: { pos: { note: "x" } },
  taxes: [{ category: "A", rate: "19", amount: "200", includedInPrice: true }],
  adjustments: [{ kind: "promotion", promotionId: "P1", amount: "-10", included: true }],
  loyalty: { programme: "club", pointsEarned: 12 },
  orders: [{ orderId: "o-1", action: "pickup" }],
};
const original = makeSale(
  { sequence: "1" },
  { ...rich, tenders: [{ line: 2, type: "card", use: "sale", amount: "1250", card: { scheme: "VISA" } }] },
);

/** The receipt with one field other than before. */
function withChange(path: string, value: unknown): Transaction {
  const copy = structuredClone(original);
  const parts = path.split(".");
  const last = parts.pop() ?? "";
  let at: Record<string, unknown> = copy;
  for (const part of parts) at = at[part] as Record<string, unknown>;
  if (value === undefined) delete at[last];
  else at[last] = value;
  return copy as Transaction;
}
const plain = original as unknown as Transaction;

describe("an edit may change how things are called", () => {
  test.each([
    ["lines.0.itemId", "pear"],
    ["lines.0.gtin", "00012345678905"],
    ["lines.0.department", "fruit"],
    ["lines.0.description", "Pear"],
    ["taxes.0.category", "B"],
    ["tenders.0.tenderId", "7"],
    ["tenders.0.card.scheme", "MASTERCARD"],
    ["adjustments.0.promotionId", "P2"],
    ["customerRef", undefined],
    ["extensions", { pos: { note: "y" } }],
    ["loyalty.programme", "club-2"],
    ["orders.0.orderId", "o-2"],
  ])("%s", (path, value) => {
    expect(compareEdit(plain, withChange(path, value))).toEqual({ changed: [path], forbidden: [] });
  });
});

describe("an edit never changes what was sold, when, where, for how much, or how it was paid", () => {
  test.each([
    ["identity.sequence", "2"],
    ["identity.businessDay", "2026-11-21"],
    ["identity.store", "10"],
    ["transactionType", "CustomerOrder"],
    ["status", "cancelled"],
    ["trainingMode", true],
    ["currency", "EUR"],
    ["exponent", 3],
    ["receiptNumber", "9"],
    ["voids", { store: "9", workstation: "31", businessDay: "2026-11-20", sequence: "0" }],
    ["reported.grand", "1"],
    ["computed.grand", "1"],
    ["balance.state", "unreported"],
    ["rounding", { amount: "1", basis: "total" }],
    ["lines.0.extendedAmount", "1"],
    ["lines.0.action", "void"],
    ["lines.0.quantity.value", "2"],
    ["lines.0.returnOf", { receiptNumber: "1" }],
    ["lines.1", { line: 3 }],
    ["lines.0", undefined],
    ["taxes.0.amount", "1"],
    ["taxes.0.rate", "7"],
    ["adjustments.0.amount", "0"],
    ["tenders.0.amount", "1"],
    ["tenders.0.type", "cash"],
    ["tenders.0.card.last4", "1234"],
    ["tenders.0.card", undefined],
    ["loyalty.pointsEarned", 13],
    ["loyalty", undefined],
    ["orders.0.action", "cancel"],
  ])("%s", (path, value) => {
    const { forbidden } = compareEdit(plain, withChange(path, value));
    expect(forbidden.some((one) => one === path || path.startsWith(`${one}.`) || one.startsWith(`${path}.`))).toBe(true);
  });
});

test("the same receipt differs in nothing, whatever the order of its fields", () => {
  const turned = Object.fromEntries(Object.entries(original).toReversed()) as unknown as Transaction;
  expect(compareEdit(plain, turned)).toEqual({ changed: [], forbidden: [] });
});

test("a number that may be a card's does not come in by an edit; one that the receipt has already, and article numbers, may", () => {
  const card = "4111 1111 1111 1111";
  expect(newCardNumbers(plain, withChange("lines.0.description", `paid ${card}`))).toEqual(["lines.0.description"]);
  expect(newCardNumbers(plain, withChange("lines.0.description", "4111111111111112"))).toEqual([]);
  expect(newCardNumbers(plain, withChange("lines.0.gtin", "04006381333931"))).toEqual([]);
  const before = withChange("lines.0.scanData", card);
  expect(newCardNumbers(before, { ...before })).toEqual([]);
});

test("the receipt of these tests is one", () => {
  expect(transactionSchema.safeParse({ ...original, customerRef: undefined }).success).toBe(true);
});
