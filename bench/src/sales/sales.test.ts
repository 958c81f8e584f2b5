import { capturedTransactionSchema, naturalKey } from "@tillsync/sync-protocol";
import { expect, test } from "vitest";
import { createSales } from "./sales.ts";

const make = (count: number, till?: number) => {
  const generator = createSales(till);
  return Array.from({ length: count }, () => generator.next());
};

test("every sale is a captured transaction as the schema writes it, balanced to the cent", () => {
  for (const sale of make(500)) {
    expect(JSON.stringify(capturedTransactionSchema.parse(sale))).toBe(JSON.stringify(sale));
    expect(sale.transaction).toMatchObject({ balance: { state: "ok" } });
  }
});

test("the same till rings the same sales, another till others", () => {
  expect(make(50)).toEqual(make(50));
  expect(make(1, 2)).not.toEqual(make(1, 1));
});

test("no receipt comes twice, within a day, over days and between tills", () => {
  const keys = [...make(1_000, 1), ...make(1_000, 2)].map(({ transaction }) => naturalKey(transaction.identity));
  expect(new Set(keys).size).toBe(2_000);
});

test("a day is like a shop's: four lines and one tender, about 2 KB a sale", () => {
  const sales = make(2_000);
  const mean = (read: (sale: (typeof sales)[number]) => number): number => sales.reduce((sum, sale) => sum + read(sale), 0) / sales.length;
  const retail = (sale: (typeof sales)[number]) => {
    if (sale.transaction.transactionType !== "RetailTransaction") throw new Error("no sale");
    return sale.transaction;
  };
  expect(mean((sale) => retail(sale).lines.length)).toBeCloseTo(4, 0);
  expect(mean((sale) => retail(sale).tenders.filter((tender) => tender.use === "sale").length)).toBe(1);
  expect(mean((sale) => JSON.stringify(sale).length)).toBeGreaterThan(1_500);
  expect(mean((sale) => JSON.stringify(sale).length)).toBeLessThan(2_300);
  expect(new Set(sales.flatMap((sale) => retail(sale).lines.map((line) => line.description))).size).toBeGreaterThan(1_500);
});
