import { transactionSchema, type Transaction } from "@tillsync/sync-protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { appendMany } from "../journal/append-many.ts";
import { appendTransaction } from "../journal/append-transaction.ts";
import { saveAcked } from "../journal/acknowledge.ts";
import { journalHeads } from "../journal/journal-heads.ts";
import { pruneEntries } from "../journal/prune.ts";
import { pruneReceipts } from "../journal/prune-receipts.ts";
import { CAPTURE, saleItem, type SaleOptions } from "../journal/testing/sales.ts";
import { verifyJournal } from "../journal/verify-journal.ts";
import { migrate } from "../store/migrate.ts";
import { MIGRATIONS } from "../store/migrations/index.ts";
import { openTestFolder, type TestFolder } from "../store/testing/open-test-folder.ts";
import { dayAnswerSchema, devicesAnswerSchema, TILLS_MAX, type TillDay } from "../window-api/day.ts";
import { readDay } from "./read-day.ts";
import { readDevices } from "./read-devices.ts";
import { verifyReports } from "./verify-reports.ts";

let folder: TestFolder;
beforeEach(() => {
  folder = openTestFolder();
});
afterEach(() => {
  folder.remove();
});

interface ReportOptions {
  readonly sequence: string;
  readonly kind?: string;
  readonly workstation?: string;
  readonly currency?: string;
  readonly count?: number;
  readonly grand?: string;
}

const makeReport = ({ sequence, kind = "zReport", workstation = "3", currency = "EUR", count, grand }: ReportOptions): Transaction =>
  transactionSchema.parse({
    transactionType: "Control",
    schemaVersion: 1,
    identity: { store: "17", workstation, businessDay: "2026-03-02", sequence },
    status: "completed",
    end: { local: "2026-03-02T20:00:00", quality: "local" },
    control: { kind, reportNumber: `Z${sequence}`, totals: { currency, exponent: currency === "JPY" ? 0 : 2, count, grand } },
  });
const sell = (...options: SaleOptions[]): unknown => appendMany(folder.store, options.map(saleItem));
const report = (options: ReportOptions): unknown =>
  appendTransaction(folder.store, { transaction: makeReport(options), capture: CAPTURE }, { reading: 7 });
const day = async (): Promise<TillDay[]> => dayAnswerSchema.parse(await readDay(folder.store)).tills;
const till = async (): Promise<TillDay> => (await day())[0]!;
const price = (sequence: number, minor: number, change: Partial<SaleOptions> = {}): SaleOptions => ({
  sequence,
  prices: [minor],
  ...change,
});

describe("a day at the tills", () => {
  it("is empty before the first sale", async () => {
    expect(await readDay(folder.store)).toEqual({ businessDay: null, days: [], tills: [] });
    expect(await readDevices(folder.store)).toEqual({ devices: [] });
  });

  it("adds up each till, store and currency for itself, and offers the days that there are", async () => {
    sell(price(1, 100), price(2, 250), price(1, 70, { workstation: "4" }), price(9, 5, { day: "2026-03-01" }));
    sell(price(3, 400, { change: { currency: "JPY", exponent: 0 } }));
    const answer = await readDay(folder.store);
    expect([answer.businessDay, answer.days]).toEqual(["2026-03-02", ["2026-03-02", "2026-03-01"]]);
    expect(
      answer.tills.map(({ workstation, currency, exponent, sales, gross }) => [workstation, currency, exponent, sales, gross]),
    ).toEqual([
      ["3", "EUR", 2, 2, "350"],
      ["3", "JPY", 0, 1, "400"],
      ["4", "EUR", 2, 1, "70"],
    ]);
    expect((await readDay(folder.store, "2026-03-01")).tills).toMatchObject([{ sales: 1, gross: "5" }]);
    expect((await readDay(folder.store, "2020-01-01")).tills).toEqual([]);
  });

  it("counts the money of the latest revision", async () => {
    sell(price(1, 100), price(2, 250));
    sell(price(2, 300));
    expect(await till()).toMatchObject({ sales: 2, gross: "400", pos: null, agrees: "no-report" });
  });
});

describe("the POS's own totals", () => {
  it("are compared with what had come by then, and stay equal when the till sells on", async () => {
    sell(price(1, 100), price(2, 250));
    report({ sequence: "3", kind: "xReport", count: 2, grand: "350" });
    sell(price(4, 999));
    expect(await till()).toMatchObject({
      sales: 3,
      gross: "1349",
      agrees: "equal",
      pos: { kind: "xReport", reportNumber: "Z3", count: 2, grand: "350", at: "2026-03-02T20:00:00", salesThen: 2, grossThen: "350" },
    });
  });

  it("differ when a sale is missing here, by count or by money alone too", async () => {
    sell(price(1, 100));
    report({ sequence: "3", count: 2, grand: "350" });
    expect(await till()).toMatchObject({ agrees: "differs", pos: { count: 2, salesThen: 1, grossThen: "100" } });
    report({ sequence: "4", count: 1 });
    expect((await till()).agrees).toBe("equal");
    report({ sequence: "5", grand: "101" });
    expect((await till()).agrees).toBe("differs");
  });

  it("agree once the receipts come that were rung before the report and read after it", async () => {
    sell(price(1, 100));
    report({ sequence: "3", kind: "xReport", count: 2, grand: "350" });
    expect((await till()).agrees).toBe("differs");
    sell(price(4, 999), price(2, 250));
    expect(await till()).toMatchObject({ sales: 3, agrees: "equal", pos: { salesThen: 2, grossThen: "350" } });
  });

  it("are of their moment: a receipt that is corrected later does not make them wrong", async () => {
    sell(price(1, 100), price(2, 250));
    report({ sequence: "3", count: 2, grand: "350" });
    sell(price(2, 240), price(4, 1));
    expect(await till()).toMatchObject({ gross: "341", agrees: "equal", pos: { grossThen: "350" } });
  });

  it("count anew after a Z report, whether the POS does or goes on with the day", async () => {
    sell(price(1, 100));
    report({ sequence: "2", count: 1, grand: "100" });
    sell(price(3, 250));
    report({ sequence: "4", count: 1, grand: "250" });
    expect(await till()).toMatchObject({ agrees: "equal", pos: { reportNumber: "Z4", salesThen: 1, grossThen: "250" } });
    report({ sequence: "5", kind: "xReport", count: 2, grand: "350" });
    expect(await till()).toMatchObject({ agrees: "equal", pos: { kind: "xReport", salesThen: 2, grossThen: "350" } });
  });

  it("of the last report count, by the POS's own numbers where files come in another order", async () => {
    sell(price(1, 100), price(3, 250));
    report({ sequence: "4", count: 2, grand: "350" });
    report({ sequence: "2", kind: "xReport", count: 1, grand: "100" });
    expect(await till()).toMatchObject({ agrees: "equal", pos: { reportNumber: "Z4" } });
  });

  it("are each till's and each currency's own", async () => {
    sell(price(1, 100), price(1, 70, { workstation: "4" }), price(2, 400, { change: { currency: "JPY", exponent: 0 } }));
    report({ sequence: "5", count: 1, grand: "100" });
    report({ sequence: "6", currency: "JPY", count: 1, grand: "400" });
    report({ sequence: "7", workstation: "4", count: 1, grand: "71" });
    report({ sequence: "1", workstation: "9", count: 2, grand: "5" });
    expect((await day()).map(({ workstation, currency, sales, agrees }) => [workstation, currency, sales, agrees])).toEqual([
      ["3", "EUR", 1, "equal"],
      ["3", "JPY", 1, "equal"],
      ["4", "EUR", 1, "differs"],
      ["9", "EUR", 0, "differs"],
    ]);
  });

  it("of a store's close speak for a till that has none itself, and accuse no till of what others sold", async () => {
    sell(price(1, 100));
    report({ sequence: "2", kind: "storeClose", grand: "5000" });
    expect(await till()).toMatchObject({ agrees: "no-report", pos: { kind: "storeClose", grand: "5000" } });
    report({ sequence: "3", kind: "tillClose", grand: "100" });
    report({ sequence: "4", kind: "storeClose", grand: "5000" });
    expect(await till()).toMatchObject({ agrees: "equal", pos: { kind: "tillClose" } });
  });

  it("follow a report that is corrected, and go when it says nothing any more", async () => {
    sell(price(1, 100));
    report({ sequence: "2", count: 1, grand: "90" });
    appendTransaction(folder.store, { transaction: makeReport({ sequence: "2", count: 1, grand: "100" }), capture: CAPTURE });
    expect(await till()).toMatchObject({ agrees: "equal", pos: { grand: "100", salesThen: 1 } });
    appendTransaction(folder.store, { transaction: makeReport({ sequence: "2" }), capture: CAPTURE });
    expect(await till()).toMatchObject({ agrees: "no-report", pos: null });
    expect(verifyJournal(folder.store).faults).toEqual([]);
  });

  it("are filled in for a folder of before from its journal", async () => {
    sell(price(1, 100));
    report({ sequence: "2", kind: "xReport", count: 1, grand: "100" });
    sell(price(3, 5));
    const before = await till();
    folder.store.db.exec("DROP TABLE pos_report; PRAGMA user_version = 60");
    const later = MIGRATIONS.filter(({ version }) => version <= 80 && version !== 70);
    migrate(folder.store.db, later);
    folder.store.db.pragma(`user_version = ${MIGRATIONS.at(-1)!.version}`);
    folder.restart();
    expect(await till()).toEqual(before);
    expect(verifyJournal(folder.store).faults).toEqual([]);
  });

  it("are checked by verify: figures that were changed, or that no receipt has, are found", () => {
    sell(price(1, 100));
    report({ sequence: "2", count: 1, grand: "100" });
    expect(verifyJournal(folder.store).ok).toBe(true);
    const { db } = folder.store;
    for (const damage of [
      "UPDATE pos_report SET grand = 101",
      "UPDATE pos_report SET natural_key = '17/3/2026-03-02/1'",
      "UPDATE pos_report SET workstation = '4'",
    ]) {
      db.exec("SAVEPOINT damaged");
      db.exec(damage);
      expect(verifyReports(folder.store)).toHaveLength(1);
      db.exec("ROLLBACK TO damaged; RELEASE damaged");
    }
  });

  it("go with their receipt when that is pruned", async () => {
    sell(price(1, 100));
    report({ sequence: "2", count: 1, grand: "100" });
    sell(price(3, 100));
    const [head] = journalHeads(folder.store);
    saveAcked(folder.store, "cloud", 1, { seq: head!.seq, hash: head!.hash });
    folder.wallMs += 1_000 * 86_400_000;
    pruneEntries(folder.store, 35);
    pruneReceipts(folder.store, 800, "");
    expect(folder.store.prepare("SELECT count(*) AS n FROM pos_report").get()).toEqual({ n: 0 });
  });
});

describe("the devices", () => {
  it("are the tills, each with its last receipt and where it came from", async () => {
    sell(price(1, 100), price(7, 100, { workstation: "4", day: "2026-03-01" }));
    folder.wallMs += 60_000;
    sell(price(2, 100, { change: { end: { local: "2026-03-02T09:30:00", quality: "local" } } }));
    const at = folder.wallMs;
    folder.wallMs += 60_000;
    report({ sequence: "3", count: 2, grand: "200" });
    const { devices } = devicesAnswerSchema.parse(await readDevices(folder.store));
    expect(devices).toEqual([
      { store: "17", workstation: "3", lastReceiptAt: "2026-03-02T09:30:00", lastCapturedAtMs: at, source: "day.ndjson" },
      { store: "17", workstation: "4", lastReceiptAt: null, lastCapturedAtMs: 1_772_000_000_000, source: "day.ndjson" },
    ]);
  });

  it("of names with slashes are not taken for one another", async () => {
    sell(price(1, 1, { store: "1", workstation: "2/3" }), price(1, 2, { store: "1/2", workstation: "3" }));
    sell(price(2, 1, { store: "1", workstation: "2/3", change: { end: { local: "2026-03-02T10:00", quality: "local" } } }));
    expect((await readDevices(folder.store)).devices.map(({ store, lastReceiptAt }) => [store, lastReceiptAt])).toEqual([
      ["1", "2026-03-02T10:00"],
      ["1/2", null],
    ]);
  });

  it("are as many as a window shows, and no more", async () => {
    sell(...Array.from({ length: TILLS_MAX + 1 }, (_, i) => price(1, 1, { workstation: String(i) })));
    expect((await readDevices(folder.store)).devices).toHaveLength(TILLS_MAX);
    expect(await day()).toHaveLength(TILLS_MAX);
  });
});
