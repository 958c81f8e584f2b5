/* oxlint-disable no-restricted-imports -- tests read samples and mappings from disk */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isRetail } from "@tillsync/sync-protocol";
import { describe, expect, test } from "vitest";
import type { AdapterOutput } from "../kit/adapter.ts";
import { controlTotals } from "../kit/control-totals.ts";
import { readAdapterConfig } from "../kit/define-adapter.ts";
import { parseAll, parseInPieces } from "../kit/testing/index.ts";
import { findAdapter } from "./index.ts";

const root = process.env["TILLSYNC_SAMPLES"];
const read = (...path: string[]): Uint8Array => new Uint8Array(readFileSync(join(root ?? "", ...path)));
const mapping = (name: string): unknown =>
  JSON.parse(readFileSync(fileURLToPath(new URL(`../../../../examples/mappings/${name}.json`, import.meta.url)), "utf8"));
const parse = (name: string, bytes: Uint8Array, config?: unknown): AdapterOutput[] => {
  const adapter = findAdapter(name);
  return parseAll(adapter, readAdapterConfig(adapter, config), bytes);
};
const transactions = (outputs: readonly AdapterOutput[]) => outputs.flatMap((o) => (o.kind === "transaction" ? [o.transaction] : []));
const grand = (outputs: readonly AdapterOutput[]): bigint =>
  transactions(outputs).reduce((sum, t) => sum + (t.transactionType === "RetailTransaction" ? BigInt(t.reported.grand ?? 0) : 0n), 0n);

describe.skipIf(root === undefined)("real POS samples (skipped without TILLSYNC_SAMPLES)", () => {
  describe("NCR ACS, POSLog 2.1", () => {
    const bytes = root === undefined ? new Uint8Array(0) : read("ncr-acs-poslog-2.1", "poslog-2017-10-01-lanes-1-3-5-31-32.xml");
    const outputs = parse("poslog", bytes);
    const all = transactions(outputs);

    test("gives 37 transactions, 30 of them receipts that balance to 1705.49 USD", () => {
      expect(outputs).toHaveLength(37);
      const byType = new Map<string, number>();
      for (const t of all)
        byType.set(
          t.transactionType === "Control" ? t.control.kind : t.transactionType,
          (byType.get(t.transactionType === "Control" ? t.control.kind : t.transactionType) ?? 0) + 1,
        );
      expect(Object.fromEntries(byType)).toEqual({ RetailTransaction: 30, signOn: 3, signOff: 2, noSale: 2 });
      expect(grand(outputs)).toBe(170549n);
      expect(all.filter(isRetail).map((t) => t.balance)).toEqual(Array.from({ length: 30 }, () => ({ state: "ok" })));
    });

    test("finds its lines, weights, voids, rewards, changes and ages", () => {
      const retail = all.filter(isRetail);
      const lines = retail.flatMap((t) => t.lines);
      expect(lines).toHaveLength(338);
      expect(lines.filter((line) => line.quantity.uom === "LB")).toHaveLength(100);
      const voids = lines.filter((line) => line.action === "void");
      expect(voids).toHaveLength(3);
      expect(voids.every((line) => line.voidsLine !== undefined)).toBe(true);
      const tenders = retail.flatMap((t) => t.tenders);
      expect(tenders).toHaveLength(37);
      expect(tenders.filter((t) => t.use === "cashback").map((t) => t.amount)).toEqual(["-2000", "-1000", "-5000"]);
      expect(tenders.filter((t) => t.use === "change")).toHaveLength(4);
      const adjustments = retail.flatMap((t) => t.adjustments ?? []);
      expect(adjustments).toHaveLength(78);
      expect(adjustments.every((a) => !a.included && a.amount.startsWith("-"))).toBe(true);
      expect(retail.flatMap((t) => t.taxes ?? [])).toHaveLength(18);
      expect(lines.filter((line) => line.ageRestriction !== undefined)).toHaveLength(6);
      expect(retail.filter((t) => t.loyalty?.memberRef !== undefined)).toHaveLength(2);
    });

    test("lets no name, signature, birth date, member or authorization through", () => {
      const text = JSON.stringify(outputs);
      for (const personal of [
        "FL 31",
        "Operator",
        "M0,0",
        "1980-01-01",
        "1988-11-11",
        "0000009000001",
        "000000000009000003",
        "365217",
        "<",
      ])
        expect([personal, text.includes(personal)]).toEqual([personal, false]);
    });

    test("is the same in small pieces, and its totals agree with it", () => {
      const adapter = findAdapter("poslog");
      const ends = Array.from({ length: Math.floor(bytes.length / 997) }, (_, i) => (i + 1) * 997);
      expect(parseInPieces(adapter, readAdapterConfig(adapter, {}), bytes, ends).outputs).toEqual(outputs);
      const totals = controlTotals();
      for (const t of all) totals.add(t);
      const days = totals.days();
      expect(days.map((day) => day.workstation).toSorted()).toEqual(["1", "3", "31", "32", "5"]);
      expect(days.reduce((sum, day) => sum + day.transactions, 0)).toBe(37);
      expect(days.reduce((sum, day) => sum + Math.round(Number(day.grandByCurrency["USD"] ?? 0) * 100), 0)).toBe(170549);
    });
  });

  test("Retalix R10, POSLog 6: 6.57 GBP, tax told twice and counted never, two quantities", () => {
    const outputs = parse("poslog", read("retalix-r10-poslog-6.0", "poslog-0610-140-451.xml"));
    expect(outputs).toHaveLength(1);
    const receipt = transactions(outputs)[0];
    expect(receipt).toMatchObject({
      transactionType: "RetailTransaction",
      currency: "GBP",
      reported: { grand: "657" },
      balance: { state: "ok" },
    });
    expect(receipt?.begin).toEqual({
      local: "2016-08-22T15:21:49.3991907",
      offset: "+01:00",
      utc: "2016-08-22T14:21:49.3991907Z",
      quality: "stated",
    });
    expect(JSON.stringify(outputs)).toContain('"secondaryQuantities":[{"value":"0.127","uom":"Kg"}]');
    expect(JSON.stringify(outputs).includes("c1eba447")).toBe(false);
  });

  test("UCI Online Retail: 421 invoices in 8 days, every row accounted for", () => {
    const days = readdirSync(join(root ?? "", "uci-online-retail-by-day"))
      .filter((name) => name.endsWith(".csv"))
      .toSorted();
    const counts: Record<string, [transactions: number, setAside: number, rows: number]> = {};
    for (const day of days) {
      const bytes = read("uci-online-retail-by-day", day);
      const outputs = parse("delimited", bytes, mapping("uci-online-retail"));
      const lineEnds = (from: number, to: number): number => bytes.subarray(from, to).reduce((n, byte) => n + (byte === 0x0a ? 1 : 0), 0);
      const inTransactions = transactions(outputs).reduce(
        (n, t) => n + (t.transactionType === "Inventory" ? t.inventory.items.length : isRetail(t) ? t.lines.length : 0),
        0,
      );
      const aside = outputs.filter((o) => o.kind === "set-aside");
      expect(aside.every((o) => o.code === "capture.not-a-sale")).toBe(true);
      const rowsAside = aside.reduce((n, o) => n + lineEnds(o.range[0], o.range[1]), 0);
      expect(inTransactions + rowsAside).toBe(lineEnds(0, bytes.length) - 1);
      counts[day.slice(0, 10)] = [transactions(outputs).length, aside.length, inTransactions + rowsAside];
      expect(/"1[0-9]{4}\.0"/.test(JSON.stringify(outputs))).toBe(false);
    }
    expect(counts).toEqual({
      "2010-12-19": [25, 0, 522],
      "2010-12-22": [22, 0, 291],
      "2010-12-23": [38, 0, 963],
      "2011-02-06": [11, 0, 279],
      "2011-02-18": [67, 0, 854],
      "2011-03-27": [46, 0, 737],
      "2011-08-12": [58, 3, 1122],
      "2011-12-05": [151, 0, 5331],
    });
    expect(Object.values(counts).reduce((sum, [made, aside]) => sum + made + aside, 0)).toBe(421);
  });

  test("CDNOW: 4,709 purchases, 165,837.67 USD, no two with one number", () => {
    const outputs = parse("delimited", read("cdnow-fixed-width", "CDNOW_sample_customers_0001-1600.txt"), mapping("cdnow"));
    expect(outputs).toHaveLength(4_709);
    expect(grand(outputs)).toBe(16_583_767n);
    expect(new Set(transactions(outputs).map((t) => `${t.identity.businessDay} ${t.identity.sequence}`)).size).toBe(4_709);
  });
});
