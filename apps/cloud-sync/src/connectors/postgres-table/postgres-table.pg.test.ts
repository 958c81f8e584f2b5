import { transactionSchema } from "@tillsync/sync-protocol";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { deliveryIdentity } from "../../destinations/delivery-identity.ts";
import { lineOf, makeNoSale, makeSale, transactionDraft } from "../../transactions/testing/make-transaction.ts";
import type { DeliveryItem, SendResult } from "../connector.ts";
import { testPorts } from "../testing/context.ts";
import { makeItem } from "../testing/make-item.ts";
import { tablesOf } from "./columns.ts";
import { createTablesScript } from "./create-tables.ts";
import { lookUpRow } from "./look-up.ts";
import { postgresTableConfigSchema, type PostgresTableConfig } from "./manifest.ts";
import { mapRows } from "./map.ts";
import { sendBatch, type TableLine } from "./send-batch.ts";
import { openPglitePool } from "./testing/pglite-pool.ts";

let base: Awaited<ReturnType<typeof openPglitePool>>;
beforeAll(async () => {
  base = await openPglitePool();
});
afterAll(() => base.lite.close());
beforeEach(async () => {
  await base.lite.exec("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  base.statements.length = 0;
});

const lineTo = (extra: object = {}): TableLine => {
  const config: PostgresTableConfig = postgresTableConfigSchema.parse({ url: "postgres://till@db.example/books", ...extra });
  const tables = tablesOf(config);
  return {
    config,
    tables,
    pool: base.pool,
    ports: testPorts(),
    ensureTables: async (client) => {
      if (config.createTables) await client.query(createTablesScript(config, tables));
    },
  };
};

const saleItem = (n: number, wish: object = {}, extra: object = {}, over: Partial<DeliveryItem> = {}): DeliveryItem => {
  const naturalKey = `9/31/2026-11-20/${n}`;
  const transaction = transactionSchema.parse(makeSale({ sequence: String(n), ...wish }, extra));
  const revision = over.revision ?? 1;
  return makeItem({ naturalKey, identity: deliveryIdentity(naturalKey, revision), orderingKey: naturalKey, tpos: n, transaction, ...over });
};
const query = async <Row>(text: string): Promise<Row[]> => (await base.lite.query<Row>(text)).rows;
const kinds = (results: readonly SendResult[]): string[] => results.map((result) => result.kind);

test("stores what the dry run shows, column by column, with lines and tenders", async () => {
  const line = lineTo({ lines: true, tenders: true });
  const items = [
    saleItem(1, { grand: "1999" }),
    saleItem(2, { grand: "-5", currency: "JPY" }, { exponent: 0 }),
    makeItem({ naturalKey: "9/31/2026-11-20/3", identity: "tx_3", transaction: transactionSchema.parse(makeNoSale("3")) }),
  ];
  expect(kinds(await sendBatch(line, items))).toEqual(["delivered", "delivered", "delivered"]);
  const stored: Record<string, object[]> = {
    [line.tables.main]: await query(
      `SELECT *, grand::text AS grand, business_day::text AS business_day, document::json AS document FROM tillsync_receipts`,
    ),
    [line.tables.lines ?? ""]: await query(`SELECT *, quantity::text, unit_price::text, extended::text FROM tillsync_receipts_lines`),
    [line.tables.tenders ?? ""]: await query(`SELECT *, amount::text FROM tillsync_receipts_tenders`),
  };
  for (const item of items) {
    const mapped = mapRows(item, line.config);
    if (mapped.kind !== "requests") throw new Error(mapped.kind);
    for (const { reference, what, body } of mapped.requests) {
      const row = stored[what.replace("row of ", "")]?.find((one) => "identity" in one && one.identity === reference);
      const { received_at, ...rest } = body as Record<string, unknown>;
      expect(row).toMatchObject(Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)));
      if (received_at !== undefined) expect(row).toMatchObject({ received_at: new Date(received_at as string) });
    }
  }
  expect(await query(`SELECT grand::text, counts, currency FROM tillsync_receipts ORDER BY identity = 'tx_3', sequence`)).toEqual([
    { grand: "19.99", counts: true, currency: "USD" },
    { grand: "-5", counts: true, currency: "JPY" },
    { grand: null, counts: false, currency: null },
  ]);
  expect(await query("SELECT count(*)::int AS n FROM tillsync_receipts_lines")).toEqual([{ n: 2 }]);
});

test("a repeat writes nothing; a changed row is put right; the view has the latest revision alone", async () => {
  const line = lineTo({ lines: true });
  const first = saleItem(1, { grand: "1000" });
  const revised = saleItem(1, { grand: "800" }, {}, { revision: 2, supersedes: first.identity });
  await sendBatch(line, [first, revised]);
  const before = await query("SELECT identity, xmin::text, ctid::text FROM tillsync_receipts ORDER BY revision");
  // The same again, and twice in one batch.
  expect(kinds(await sendBatch(line, [revised, first, first]))).toEqual(["delivered", "delivered", "delivered"]);
  expect(await query("SELECT identity, xmin::text, ctid::text FROM tillsync_receipts ORDER BY revision")).toEqual(before);
  await base.lite.exec(`UPDATE tillsync_receipts SET grand = 1; UPDATE tillsync_receipts_lines SET extended = 1;
    INSERT INTO tillsync_receipts_lines SELECT identity, 7, line, action, item_type, item_id, NULL, NULL, NULL, 1, 'EA', NULL, 1 FROM tillsync_receipts_lines`);
  await sendBatch(line, [first]);
  expect(await query("SELECT grand::text FROM tillsync_receipts ORDER BY revision")).toEqual([{ grand: "10.00" }, { grand: "1" }]);
  expect(await query(`SELECT n, extended::text FROM tillsync_receipts_lines WHERE identity = '${first.identity}'`)).toEqual([
    { n: 1, extended: "10.00" },
  ]);
  expect(await query("SELECT revision FROM tillsync_receipts_latest")).toEqual([{ revision: 2 }]);
});

test("one bad receipt of a full batch: it alone is refused, later ones of its key wait, all others are stored", async () => {
  const line = lineTo();
  await sendBatch(line, [saleItem(9_999)]);
  await base.lite.exec("ALTER TABLE tillsync_receipts ADD CONSTRAINT small CHECK (grand < 1000)");
  const items = Array.from({ length: 500 }, (_, i) =>
    saleItem(i, { grand: i === 123 ? "100000" : "100" }, {}, i === 300 ? { orderingKey: "9/31/2026-11-20/123" } : {}),
  );
  base.statements.length = 0;
  const results = await sendBatch(line, items);
  expect(results[123]).toEqual({ kind: "rejected", detail: "SQLSTATE 23514 small" });
  expect(results[300]).toMatchObject({ kind: "theirs" });
  expect(results.filter((result) => result.kind === "delivered")).toHaveLength(498);
  expect(await query("SELECT count(*)::int AS n FROM tillsync_receipts")).toEqual([{ n: 499 }]);
  expect(base.statements.length).toBeLessThan(25);
  // The key's later one goes once the earlier one is out of the way.
  expect(kinds(await sendBatch(line, [items[300] as DeliveryItem]))).toEqual(["delivered"]);
});

test("entries go in as they are, read by nobody; the look-up reads their total", async () => {
  const line = lineTo({ shape: "entries" });
  const sale = saleItem(1, { grand: "1999" });
  const bytes = lineOf(7, transactionDraft(makeSale({ sequence: "1", grand: "1999" })));
  const item = { ...sale, line: bytes };
  Object.defineProperty(item, "transaction", {
    get: () => {
      throw new Error("nobody asks for it");
    },
  });
  expect(kinds(await sendBatch(line, [item]))).toEqual(["delivered"]);
  expect(await query("SELECT entry::text FROM tillsync_receipts")).toEqual([{ entry: new TextDecoder().decode(bytes) }]);
  expect(await lookUpRow(line, item)).toEqual({
    kind: "found",
    vendorId: sale.identity,
    total: { amount: "1999", currency: "USD" },
  });
});

test("the look-up tells found, absent, unfinished and another's row", async () => {
  const line = lineTo({ lines: true, tenders: true });
  const item = saleItem(1, { grand: "1999" });
  expect(await lookUpRow(line, item)).toEqual({ kind: "absent" });
  expect(await lookUpRow(lineTo({ createTables: false }), item)).toMatchObject({ kind: "set-up", detail: "SQLSTATE 42P01" });
  await sendBatch(line, [item]);
  expect(await lookUpRow(line, item)).toEqual({ kind: "found", vendorId: item.identity, total: { amount: "1999", currency: "USD" } });
  expect(await lookUpRow(line, saleItem(2))).toEqual({ kind: "absent" });
  // The total is what can be summed, not what the document says beside it.
  await base.lite.exec("UPDATE tillsync_receipts SET grand = 20.00");
  expect(await lookUpRow(line, item)).toMatchObject({ kind: "found", total: { amount: "2000" } });
  await base.lite.exec("DELETE FROM tillsync_receipts_lines");
  expect(await lookUpRow(line, item)).toEqual({ kind: "unfinished", vendorId: item.identity });
  expect(kinds(await sendBatch(line, [item]))).toEqual(["delivered"]);
  expect(await lookUpRow(line, item)).toMatchObject({ kind: "found", total: { amount: "1999" } });
  await base.lite.exec("UPDATE tillsync_receipts SET natural_key = 'theirs'");
  expect(await lookUpRow(line, item)).toMatchObject({ kind: "foreign" });
});

test("without leave to create tables a missing one, or one of another make, is the set-up's", async () => {
  const line = lineTo({ createTables: false });
  expect(await sendBatch(line, [saleItem(1), saleItem(2)])).toEqual([
    { kind: "set-up", detail: "SQLSTATE 42P01" },
    { kind: "set-up", detail: "SQLSTATE 42P01" },
  ]);
  await base.lite.exec("CREATE TABLE tillsync_receipts (identity text PRIMARY KEY)");
  expect(kinds(await sendBatch(lineTo(), [saleItem(1)]))).toEqual(["set-up"]);
  expect(await query("SELECT count(*)::int AS n FROM tillsync_receipts")).toEqual([{ n: 0 }]);
});

test("text that PostgreSQL cannot hold is refused by itself", async () => {
  const bad = saleItem(2, {}, { receiptNumber: "a\u0000b" });
  expect(await sendBatch(lineTo(), [saleItem(1), bad, saleItem(3)])).toEqual([
    { kind: "delivered" },
    { kind: "rejected", detail: "SQLSTATE 22P05" },
    { kind: "delivered" },
  ]);
});
