import { describe, expect, it } from "vitest";
import { expectedTotals } from "./expected-totals.ts";
import { sum } from "./money.ts";
import { printTransaction } from "./print-transaction.ts";
import { tillDay, type TillDayOptions } from "./till-day.ts";
import { counts, type Receipt, type TillTransaction } from "./till-transaction.ts";
import type { Returnable } from "./till-state.ts";

const day = (options: Partial<TillDayOptions> = {}): TillTransaction[] => [
  ...tillDay({ seed: 7, store: "0101", workstation: "1", businessDay: "2026-03-02", style: "us", sales: 200, ...options }),
];
const print = (transactions: TillTransaction[]): string => transactions.map(printTransaction).join("");
const receipts = (transactions: TillTransaction[]): Receipt[] => transactions.filter((t): t is Receipt => t.type === "retail");

describe("a till's day", () => {
  it("is the same for the same seed, byte for byte, and another for another seed", () => {
    expect(print(day())).toBe(print(day()));
    expect(print(day())).not.toBe(print(day({ seed: 8 })));
    expect(print(day())).not.toBe(print(day({ workstation: "2" })));
  });

  it.each(["us", "eu"] as const)("balances every receipt to the cent (%s)", (style) => {
    for (const receipt of receipts(day({ style, sales: 600 }))) {
      const goods = sum(receipt.items.map((item) => item.extended)) - receipt.discount;
      const tax = style === "us" ? sum(receipt.taxes.map((line) => line.amount)) : 0n;
      expect(receipt.grand).toBe(goods + tax);
      if (receipt.status === "completed" || receipt.status === "postVoided") {
        expect(sum(receipt.tenders.map((tender) => tender.amount))).toBe(receipt.grand);
      } else expect(receipt.tenders).toEqual([]);
      expect(sum(receipt.taxes.map((line) => line.taxable))).toBe(goods);
    }
  });

  it.each([0, 1, 2, 3, 11, 12, 250])("has exactly %i receipts that count", (sales) => {
    expect(day({ sales }).filter(counts)).toHaveLength(sales);
    expect(expectedTotals(day({ sales })).sales).toBe(sales);
  });

  it("numbers its transactions without a gap, and never goes back in time", () => {
    const all = day();
    expect(all.map(({ header }) => header.sequence)).toEqual(all.map((_, at) => at + 1));
    const times = all.flatMap(({ header }) => [header.begin, header.end]);
    expect(times).toEqual(times.toSorted());
  });

  it("holds every kind of receipt and event, also in a short day", () => {
    const all = day({ sales: 12 });
    const kinds = new Set(all.flatMap(kindsOf));
    for (const kind of EVERY_KIND) expect(kinds, kind).toContain(kind);
    const tenders = new Set(receipts(day()).flatMap((receipt) => receipt.tenders.flatMap((tender) => [tender.kind, tender.use])));
    for (const tender of ["cash", "card", "giftCard", "foreignCash", "sale", "refund", "change"]) expect(tenders).toContain(tender);
    expect(receipts(day()).some((receipt) => receipt.items.some((item) => item.article.weighed))).toBe(true);
    expect(receipts(day()).some((receipt) => receipt.items.some((item) => item.discount > 0n))).toBe(true);
  });

  it("takes back only what was sold, once, at the price paid", () => {
    const all = receipts(day({ sales: 800 }));
    const taken = new Set<number>();
    for (const receipt of all) {
      const link = receipt.voids ?? receipt.items.find((item) => item.returnOf !== undefined)?.returnOf;
      if (link === undefined) continue;
      expect(taken).not.toContain(link.sequence);
      taken.add(link.sequence);
      const original = all.find((candidate) => candidate.header.sequence === link.sequence);
      expect(original?.header.sequence).toBeLessThan(receipt.header.sequence);
      for (const item of receipt.items) {
        if (item.returnOf !== undefined) expect(original?.items[item.returnOf.line - 1]?.extended).toBe(-item.extended);
      }
      if (receipt.voids !== undefined) expect(original?.grand).toBe(-receipt.grand);
    }
    expect(taken.size).toBeGreaterThan(20);
  });

  it("lets goods of one till come back at another that shares the list", () => {
    const returnable: Returnable[] = [];
    day({ returnable, sales: 100 });
    const links = receipts(day({ returnable, workstation: "2", sales: 100 })).flatMap((receipt) =>
      receipt.items.flatMap((item) => item.returnOf ?? []),
    );
    expect(links.some((link) => link.workstation === "1")).toBe(true);
  });

  it("ends with a Z report of the till's own totals", () => {
    const all = day();
    const last = all.at(-1);
    const counted = all.filter(counts);
    if (last?.type !== "control" || last.report === undefined) throw new Error("no Z report at the end");
    expect(last.report.receipts).toBe(counted.length);
    expect(last.report.grand).toBe(sum(counted.map((receipt) => receipt.grand)));
    expect(sum(last.report.byTender.values())).toBe(last.report.grand);
  });
});

const EVERY_KIND = [
  "signOn",
  "signOff",
  "zReport",
  "noSale",
  "paidIn",
  "paidOut",
  "completed",
  "suspended",
  "cancelled",
  "postVoided",
  "training",
  "resumed",
  "return",
  "blindReturn",
  "exchange",
  "lineVoid",
  "receiptDiscount",
  "hundredLines",
];

function kindsOf(transaction: TillTransaction): string[] {
  if (transaction.type !== "retail") return [transaction.kind];
  const actions = new Set(transaction.items.map((item) => item.action));
  const linked = transaction.items.some((item) => item.returnOf !== undefined);
  return [
    transaction.status,
    ...(transaction.training ? ["training"] : []),
    ...(transaction.resumes === undefined ? [] : ["resumed"]),
    ...(linked ? ["return"] : actions.has("return") ? ["blindReturn"] : []),
    ...(actions.has("return") && actions.has("sale") ? ["exchange"] : []),
    ...(actions.has("void") ? ["lineVoid"] : []),
    ...(transaction.discount > 0n ? ["receiptDiscount"] : []),
    ...(transaction.items.length === 100 ? ["hundredLines"] : []),
  ];
}
