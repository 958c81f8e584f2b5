import { countsAsSale } from "@tillsync/sync-protocol";
import { describe, expect, test } from "vitest";
import { openingPoints, tradingDay } from "../../../../../examples/src/pos-generator/trading-day/index.ts";
import { planDocuments } from "../documents/plan-documents.ts";
import { planMovements } from "../loyalty/plan-movements.ts";
import { itemsOf } from "./day-items.ts";

describe.each([1, 2, 3])("a generated day (seed %i), taken by systems that do what is planned for them", (seed) => {
  const day = tradingDay({ seed, sales: 150 });
  const items = itemsOf(day.entries, countsAsSale);

  test("leaves in the books exactly the receipts that stand", () => {
    const books = new Map<string, string>();
    const reversed = new Set<string>();
    const documents = items.flatMap(planDocuments);
    expect(new Set(documents.map((document) => document.reference)).size).toBe(documents.length);
    for (const document of documents) {
      if (document.role === "post") books.set(document.reference, `${document.naturalKey} ${document.transaction.computed.grand}`);
      else {
        expect(books.delete(document.of)).toBe(true);
        reversed.add(document.of);
      }
    }
    const { standing } = day.expected.books;
    expect([...books.values()].toSorted()).toEqual(standing.map((receipt) => `${receipt.naturalKey} ${receipt.grand}`).toSorted());
    expect(books.size + reversed.size).toBe(day.expected.books.posted.count);
    expect(reversed.size).toBe(day.expected.books.reversed.count);
  });

  test("leaves members exactly the points that are expected", () => {
    const balances = new Map(Object.keys(day.expected.points).map((ref) => [ref, openingPoints(ref)]));
    const references = new Set<string>();
    for (const movement of items.flatMap(planMovements)) {
      expect(references.has(movement.reference)).toBe(false);
      references.add(movement.reference);
      const sign = movement.role === "accrue" || movement.role === "reverse-burn" ? 1 : -1;
      balances.set(movement.member, (balances.get(movement.member) ?? Number.NaN) + sign * movement.points);
    }
    expect(references.size).toBeGreaterThan(20);
    expect(Object.fromEntries(balances)).toEqual(
      Object.fromEntries(Object.entries(day.expected.points).map(([ref, { balance }]) => [ref, balance])),
    );
  });
});
