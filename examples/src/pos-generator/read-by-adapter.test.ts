import { countsAsSale, isRetail, naturalKey, type Pseudonym, type RetailTransaction, type Transaction } from "@tillsync/sync-protocol";
import { findAdapter, readAdapterConfig, type AdapterOutput } from "@tillsync/pos-adapters";
import { describe, expect, it } from "vitest";
import { expectedTotals } from "./expected-totals.ts";
import { decimal, sum } from "./money.ts";
import { POSLOG_CLOSE, POSLOG_OPEN, printTransaction } from "./print-transaction.ts";
import type { StyleName } from "./store-profile.ts";
import { tillDay } from "./till-day.ts";
import { counts, type Receipt, type TillTransaction } from "./till-transaction.ts";

const CHUNK_BYTES = 10_000;

/** Runs the poslog adapter over a file, in pieces as a watched file is read. */
function readByAdapter(xml: string): AdapterOutput[] {
  const adapter = findAdapter("poslog");
  const context = { pseudonymise: (_kind: string, value: string) => value.padEnd(22, "_").slice(0, 22) as Pseudonym };
  const session = adapter.open(readAdapterConfig(adapter, {}), context);
  const bytes = new TextEncoder().encode(xml);
  const outputs: AdapterOutput[] = [];
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) outputs.push(...session.write(bytes.subarray(at, at + CHUNK_BYTES)));
  outputs.push(...session.end());
  return outputs;
}

const dayOf = (style: StyleName, seed: number): TillTransaction[] => [
  ...tillDay({ seed, store: "0101", workstation: "1", businessDay: "2026-03-02", style, sales: 250 }),
];
const print = (transactions: TillTransaction[]): string => POSLOG_OPEN + transactions.map(printTransaction).join("") + POSLOG_CLOSE;

function totalsOf(transactions: Transaction[]): ReturnType<typeof expectedTotals> {
  const byType: Record<string, number> = {};
  for (const { transactionType } of transactions) byType[transactionType] = (byType[transactionType] ?? 0) + 1;
  const sales = transactions.filter(countsAsSale);
  const currencies = [...new Set(sales.map((sale) => sale.currency))];
  const grossOf = (currency: string): string =>
    decimal(sum(sales.map((sale) => BigInt(sale.reported.grand ?? "0"))), currency === "JPY" ? 0 : 2);
  return {
    transactions: transactions.length,
    byType,
    sales: sales.length,
    grossByCurrency: Object.fromEntries(currencies.map((currency) => [currency, grossOf(currency)])),
  };
}

describe.each(["us", "eu"] as const)("the poslog adapter on generated days (%s)", (style) => {
  it.each([1, 2, 3, 4])("finds what the till sold, every receipt balanced (seed %i)", (seed) => {
    const day = dayOf(style, seed);
    const outputs = readByAdapter(print(day));
    expect(outputs.filter((output) => output.kind === "set-aside")).toEqual([]);
    const transactions = outputs.flatMap((output) => (output.kind === "transaction" ? [output.transaction] : []));
    expect(totalsOf(transactions)).toEqual(expectedTotals(day));
    expect(transactions.filter((t) => isRetail(t) && countsAsSale(t) && t.balance.state !== "ok")).toEqual([]);
  });

  it("reads each receipt as the till meant it", () => {
    const day = dayOf(style, 5);
    const transactions = readByAdapter(print(day)).flatMap((output) => (output.kind === "transaction" ? [output.transaction] : []));
    for (const [index, meant] of day.entries()) {
      const read = transactions[index];
      expect(read?.identity.sequence).toBe(String(meant.header.sequence));
      if (meant.type === "retail") checkReceipt(meant, read as RetailTransaction);
      else if (meant.type === "control") expect(read).toMatchObject({ control: { kind: meant.kind } });
      else expect(read).toMatchObject({ tenderControl: { kind: meant.kind, amount: meant.amount.toString() } });
    }
  });
});

function checkReceipt(meant: Receipt, read: RetailTransaction): void {
  const where = `receipt ${meant.header.sequence}`;
  expect(read.status, where).toBe(meant.status);
  expect(read.trainingMode ?? false, where).toBe(meant.training);
  expect(read.reported.grand, where).toBe(meant.grand.toString());
  expect(
    read.lines.map((line) => line.extendedAmount),
    where,
  ).toEqual(meant.items.map((item) => item.extended.toString()));
  /* A line of a receipt that is taken back is goods that come back: the model calls it a return. */
  const actions = meant.items.map((item) => (meant.status === "postVoided" ? "return" : item.action));
  expect(
    read.lines.map((line) => line.action),
    where,
  ).toEqual(actions);
  expect(
    read.lines.map((line) => line.quantity.value),
    where,
  ).toEqual(meant.items.map((item) => decimal(item.quantityMilli, 3).replace(/\.?0+$/, "")));
  expect(
    read.lines.flatMap((line) => line.voidsLine ?? []),
    where,
  ).toEqual(meant.items.flatMap((item) => (item.voids === undefined ? [] : [item.voids + 1])));
  expect(
    read.tenders.map((tender) => [tender.type, tender.amount]),
    where,
  ).toEqual(meant.tenders.map((tender) => [tender.kind, tender.amount.toString()]));
  expect(
    (read.taxes ?? []).map((tax) => tax.amount),
    where,
  ).toEqual(meant.taxes.map((tax) => tax.amount.toString()));
  expect(read.loyalty?.memberRef !== undefined, where).toBe(meant.member !== undefined);
  const linked = read.lines.find((line) => line.returnOf !== undefined)?.returnOf;
  expect(linked?.sequence, where).toBe(meant.items.find((item) => item.returnOf !== undefined)?.returnOf?.sequence.toString());
  expect(read.voids === undefined ? undefined : naturalKey(read.voids), where).toBe(
    meant.voids === undefined ? undefined : `0101/1/2026-03-02/${meant.voids.sequence}`,
  );
  if (counts(meant)) expect(read.balance, where).toEqual({ state: "ok" });
}
