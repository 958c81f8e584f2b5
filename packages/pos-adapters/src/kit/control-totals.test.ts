import { readTransaction, type Transaction } from "@tillsync/sync-protocol";
import { expect, test } from "vitest";
import { controlTotals, GAPS_MAX, SEQUENCES_MAX } from "./control-totals.ts";

const ZEROS = { lines: "0", adjustments: "0", exclusiveTax: "0", grand: "0", tenders: "0" };
const sale = (sequence: string, grand: string, more: object = {}): Transaction =>
  readTransaction({
    schemaVersion: 1,
    transactionType: "RetailTransaction",
    identity: { store: "1", workstation: "2", businessDay: "2026-05-04", sequence },
    status: "completed",
    currency: "EUR",
    exponent: 2,
    lines: [],
    tenders: [{ line: 1, type: "cash", use: "sale", amount: grand }],
    reported: { grand },
    computed: ZEROS,
    balance: { state: "ok" },
    ...more,
  });

test("counts what counts, by till and day", () => {
  const totals = controlTotals();
  totals.add(sale("7", "1000"));
  totals.add(sale("9", "-250", { tenders: [{ line: 1, type: "card", use: "refund", amount: "-250" }] }));
  totals.add(sale("10", "500", { status: "cancelled" }));
  totals.add(sale("12", "500", { trainingMode: true }));
  totals.add(sale("13", "30", { currency: "JPY", exponent: 0 }));
  totals.add(sale("1", "100", { identity: { store: "1", workstation: "3", businessDay: "2026-05-04", sequence: "1" } }));
  expect(totals.days()).toEqual([
    {
      store: "1",
      workstation: "2",
      businessDay: "2026-05-04",
      transactions: 5,
      byType: { RetailTransaction: 5 },
      sales: 3,
      grandByCurrency: { EUR: "7.50", JPY: "30" },
      byTender: { "cash EUR": "10.00", "card EUR": "-2.50", "cash JPY": "30" },
      firstSequence: "7",
      lastSequence: "13",
      gaps: [
        ["8", "8"],
        ["11", "11"],
      ],
      gapsLeftOut: 0,
    },
    expect.objectContaining({ workstation: "3", sales: 1, gaps: [] }),
  ]);
});

test("falls back to our own sum where nothing is printed", () => {
  const totals = controlTotals();
  totals.add(sale("1", "0", { reported: {}, computed: { ...ZEROS, grand: "99" } }));
  expect(totals.days()[0]?.grandByCurrency).toEqual({ EUR: "0.99" });
});

test("says nothing of gaps where numbers are no numbers", () => {
  const totals = controlTotals();
  totals.add(sale("A-1", "1"));
  totals.add(sale("A-9", "1"));
  expect(totals.days()[0]).toMatchObject({ firstSequence: "A-1", lastSequence: "A-9", gaps: [] });
});

test("lists gaps up to its limit and counts the others", () => {
  const totals = controlTotals();
  for (let i = 0; i <= GAPS_MAX + 1; i += 1) totals.add(sale(String(i * 2), "0"));
  expect(totals.days()[0]?.gaps).toHaveLength(GAPS_MAX);
  expect(totals.days()[0]?.gapsLeftOut).toBe(1);
});

test("stops looking for gaps past the numbers that it keeps", () => {
  const totals = controlTotals();
  const template = sale("1", "0");
  const numbered = (sequence: number): Transaction => ({ ...template, identity: { ...template.identity, sequence: String(sequence) } });
  for (let i = 1; i <= SEQUENCES_MAX; i += 1) totals.add(numbered(i * 2));
  expect(totals.days()[0]?.gapsLeftOut).toBe(SEQUENCES_MAX - 1 - GAPS_MAX);
  totals.add(numbered(SEQUENCES_MAX * 2 + 2));
  expect(totals.days()[0]).toMatchObject({ gaps: [], gapsLeftOut: 0, lastSequence: String(SEQUENCES_MAX * 2 + 2) });
});
