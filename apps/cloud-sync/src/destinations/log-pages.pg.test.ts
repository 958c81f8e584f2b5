import { transactionSchema } from "@tillsync/sync-protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { planDocuments } from "../connectors/documents/plan-documents.ts";
import type { Database, Queryable } from "../db/database.ts";
import { openTestDatabase } from "../db/testing/open-test-database.ts";
import { addTerminal, appendDrafts } from "../transactions/testing/append-drafts.ts";
import { makeNoSale, makeSale, transactionDraft } from "../transactions/testing/make-transaction.ts";
import { runToEnd } from "../transactions/testing/run-to-end.ts";
import { loadItems } from "./load-items.ts";
import { createLogPages, PAGE_ROWS, type LogPages } from "./log-pages.ts";
import { readLogRows } from "./log-row.ts";

let db: Database;
beforeEach(async () => {
  db = await openTestDatabase();
  await addTerminal(db, "till-1");
});
afterEach(() => db.close());

async function sell(from: number, count: number): Promise<void> {
  const drafts = Array.from({ length: count }, (_, i) => transactionDraft(makeSale({ sequence: String(from + i) })));
  await appendDrafts(db, { terminal: "till-1" }, drafts);
  await runToEnd(db);
}

/** Counts statements; `slow` holds each until it is let go. */
function counting(): Queryable & { count: number } {
  const counted = {
    ...db,
    count: 0,
    query: <Row>(statement: Parameters<Queryable["query"]>[0]) => {
      counted.count += 1;
      return db.query<Row>(statement);
    },
  };
  return counted;
}

async function readAll(pages: LogPages, from: Queryable): Promise<number[]> {
  const seen: number[] = [];
  for (let after = 0; ;) {
    const part = await pages.read(from, "main", after);
    seen.push(...part.entries.map(({ row }) => row.tpos));
    after = part.readTo;
    if (!part.more) return seen;
  }
}

test("eight readers side by side see every row in order, for the statements of one, and share what was parsed", async () => {
  await sell(1, PAGE_ROWS + 20);
  const pages = createLogPages();
  const [alone, together] = [counting(), counting()];
  await readAll(createLogPages(), alone);
  const all = await Promise.all(Array.from({ length: 8 }, () => readAll(pages, together)));
  for (const seen of all) expect(seen).toEqual(Array.from({ length: PAGE_ROWS + 20 }, (_, i) => i + 1));
  expect(together.count).toBeLessThanOrEqual(alone.count * 2);
  const [one, other] = [await pages.read(db, "main", 0), await pages.read(db, "main", 0)];
  expect(one.entries[3]?.item?.transaction).toBe(other.entries[3]?.item?.transaction);
});

test("a page that the log had not filled goes on where it ended", async () => {
  await sell(1, 3);
  const pages = createLogPages();
  expect((await pages.read(db, "main", 0)).readTo).toBe(3);
  expect(await pages.read(db, "main", 3)).toMatchObject({ entries: [], readTo: 3, more: false });
  await sell(4, 2);
  expect((await pages.read(db, "main", 3)).entries.map(({ row }) => row.tpos)).toEqual([4, 5]);
});

test("who asks while a read is under way is not answered by that read, which may be too old for it", async () => {
  await sell(1, 1);
  const pages = createLogPages();
  let letGo = (): void => undefined;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  const slow: Queryable = {
    ...db,
    query: async <Row>(statement: Parameters<Queryable["query"]>[0]) => {
      const rows = await db.query<Row>(statement);
      await held;
      return rows;
    },
  };
  await pages.read(db, "main", 0);
  const early = pages.read(slow, "main", 1);
  await sell(2, 1);
  const late = pages.read(db, "main", 1);
  letGo();
  await early;
  expect((await late).entries.map(({ row }) => row.tpos)).toEqual([2]);
});

test("a read that fails fails who asked, and nobody later", async () => {
  await sell(1, 2);
  const pages = createLogPages();
  const broken: Queryable = { ...db, query: () => Promise.reject(new Error("gone")) };
  const [first, second] = await Promise.allSettled([pages.read(broken, "main", 0), pages.read(db, "main", 0)]);
  expect(first.status).toBe("rejected");
  expect(second).toMatchObject({ status: "fulfilled" });
  expect(await readAll(pages, db)).toEqual([1, 2]);
});

test("keeps lines up to its bound and no further, and a forgotten shard is read anew", async () => {
  await sell(1, PAGE_ROWS * 2);
  const all = createLogPages();
  await readAll(all, db);
  const bytes = all.bytes();
  const exact = createLogPages(bytes);
  await readAll(exact, db);
  expect(exact.bytes()).toBe(bytes);
  const tight = createLogPages(bytes - 1);
  expect(await readAll(tight, db)).toHaveLength(PAGE_ROWS * 2);
  expect(tight.bytes()).toBeLessThan(bytes);
  all.forget("main");
  expect(all.bytes()).toBe(0);
  const counted = counting();
  await all.read(counted, "main", 0);
  expect(counted.count).toBeGreaterThan(0);
});

test("what goes to nobody is passed without its receipt", async () => {
  await appendDrafts(db, { terminal: "till-1" }, [
    transactionDraft(makeSale({ sequence: "1", trainingMode: true })),
    transactionDraft(makeNoSale("2")),
  ]);
  await runToEnd(db);
  const { entries } = await createLogPages().read(db, "main", 0);
  expect(entries.map(({ item }) => item?.naturalKey)).toEqual([undefined, "9/31/2026-11-20/2"]);
});

const identity = (sequence: string) => ({ store: "9", workstation: "31", businessDay: "2026-11-20", sequence });

test("a later revision comes with the one before it, a void with the last revision before it, whatever came since", async () => {
  await appendDrafts(db, { terminal: "till-1" }, [
    transactionDraft(makeSale({ sequence: "1", grand: "100" })),
    transactionDraft(makeSale({ sequence: "1", grand: "200" }), 2),
    transactionDraft(makeSale({ sequence: "2", grand: "200", status: "postVoided" }, { voids: identity("1") })),
    transactionDraft(makeSale({ sequence: "1", grand: "300" }), 3),
    transactionDraft(makeSale({ sequence: "3", grand: "50", status: "postVoided" }, { voids: identity("404") })),
  ]);
  await runToEnd(db);
  const items = await loadItems(db, "main", await readLogRows(db, "main", 0, 10), false);
  const amounts = items.map(({ previous, voided }) =>
    [previous, voided].map((one) => (one?.transaction as { reported?: { grand?: string } } | undefined)?.reported?.grand),
  );
  expect(amounts).toEqual([
    [undefined, undefined],
    ["100", undefined],
    [undefined, "200"],
    ["200", undefined],
    [undefined, undefined],
  ]);
  expect(items[1]?.previous).toMatchObject({ identity: items[0]?.identity, naturalKey: "9/31/2026-11-20/1" });
  expect(items[1]?.previous?.identity).toBe(items[1]?.supersedes);
  expect(items[2]?.voided?.identity).toBe(items[1]?.identity);
});

test("a revision that comes after the void of its receipt means nothing any more; one that came before is taken back by it", async () => {
  await appendDrafts(db, { terminal: "till-1" }, [
    transactionDraft(makeSale({ sequence: "1", grand: "100" })),
    transactionDraft(makeSale({ sequence: "1", grand: "200" }), 2),
    transactionDraft(makeSale({ sequence: "2", grand: "200", status: "postVoided" }, { voids: identity("1") })),
    transactionDraft(makeSale({ sequence: "1", grand: "300" }), 3),
    transactionDraft(makeSale({ sequence: "1", grand: "400" }), 4),
  ]);
  await runToEnd(db);
  const items = await loadItems(db, "main", await readLogRows(db, "main", 0, 10), false);
  expect(items.map(({ isVoided }) => isVoided)).toEqual([false, false, false, true, true]);
  const documents = items.flatMap(planDocuments);
  const net = documents.reduce(
    (sum, { role, transaction }) => sum + (role === "post" ? 1n : -1n) * BigInt(transaction.reported.grand ?? "0"),
    0n,
  );
  expect(documents.map(({ role }) => role)).toEqual(["post", "reverse", "post", "reverse"]);
  expect(net).toBe(0n);
  expect(items.flatMap((item) => planDocuments({ ...item, isVoided: false }))).not.toHaveLength(documents.length);
});

test("a line that cannot be read any more breaks its own item and the one that takes it back, with the reason", async () => {
  await appendDrafts(db, { terminal: "till-1" }, [
    transactionDraft(makeSale({ sequence: "1" })),
    transactionDraft(makeSale({ sequence: "1", grand: "9" }), 2),
    transactionDraft(makeSale({ sequence: "2" })),
  ]);
  await runToEnd(db);
  await db.script(`UPDATE segment SET body = convert_to(regexp_replace(convert_from(body, 'UTF8'), '"USD"', '"???"'), 'UTF8')`);
  const items = await loadItems(db, "main", await readLogRows(db, "main", 0, 10), false);
  expect(items.map(({ broken }) => broken)).toEqual([
    expect.stringContaining("currency"),
    expect.stringContaining("9/31/2026-11-20/1 revision 1, which it takes back"),
    undefined,
  ]);
  // Who copies takes the line as it is.
  expect(Buffer.from(items[0]?.line ?? []).toString()).toContain('"???"');
  expect(() => items[0]?.transaction).toThrow();
});

test("a line that says exactly what was taken up is believed, any other is checked again", async () => {
  const taken = makeSale({ sequence: "1" });
  await appendDrafts(db, { terminal: "till-1" }, [
    transactionDraft(transactionSchema.parse(taken)),
    // Valid, but in an order of its own: read and checked as before.
    transactionDraft(Object.fromEntries(Object.entries(makeSale({ sequence: "2" })).toReversed())),
  ]);
  await runToEnd(db);
  const rows = await readLogRows(db, "main", 0, 10);
  const read = async () => (await loadItems(db, "main", rows, false)).map(({ broken }) => broken);
  expect(await read()).toEqual([undefined, undefined]);
  // Not what was taken up any more, nor of the right shape.
  await db.script(`UPDATE segment SET body = convert_to(replace(convert_from(body, 'UTF8'), '"apple"', '42'), 'UTF8')`);
  expect(await read()).toEqual([expect.stringContaining("itemId"), expect.stringContaining("itemId")]);
});
