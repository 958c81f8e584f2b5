import {
  addCount,
  addMovement,
  documentSchemas,
  epoch,
  NO_STOCK,
  seq,
  stockOnHand,
  storeScope,
  storeId,
  terminalId,
  type Decimal,
  type StockState,
} from "@tillsync/sync-protocol";
import * as fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { OPEN_TEST_DATABASE_MAX_MS, openTestDatabase } from "../db/testing/open-test-database.ts";
import { writeDocuments, type DocumentChange } from "../reference/write-documents.ts";
import { joinWritten } from "./join-written.ts";
import { foldLog, hlcAt, RECEIVED_MS, show, startAnew, tell, type Told } from "./testing/fold-log.ts";
import { inventoryDraft, saleDraft, voidDraft } from "./testing/make-records.ts";

let db: Database;
beforeAll(async () => {
  db = await openTestDatabase();
}, OPEN_TEST_DATABASE_MAX_MS);
beforeEach(() => startAnew(db));
afterAll(() => db.close());

const apples = async (store = "store-1"): Promise<unknown> => (await show(db, "stock", `${store}:apple`))?.["onHand"];
const folded = async (...told: Told[]): Promise<unknown> => {
  await tell(db, ...told);
  await foldLog(db);
  return apples();
};
const sold = (ms: number, sequence: string, apple: string, terminal = "till-1"): Told => ({
  ms,
  terminal,
  draft: saleDraft(sequence, { apple }),
});
const counted = (ms: number, sequence: string, apple: string, terminal = "till-2"): Told => ({
  ms,
  terminal,
  draft: inventoryDraft(sequence, "count", { apple }),
});
const write = (fields: object, join: typeof joinWritten = (_tx, changes) => Promise.resolve([...changes])): Promise<unknown> =>
  db.transaction(async (tx) => {
    const level = documentSchemas.stock.parse({ id: "store-1:apple", storeId: "store-1", itemId: "apple", ...fields });
    const change: DocumentChange = { collection: "stock", id: level.id, scope: storeScope(storeId("store-1")), fields: level };
    return writeDocuments(tx, await join(tx, [change], 500), 500);
  });

describe("the level of an item", () => {
  test("is what moved, with the entries that are in it, for its store alone", async () => {
    await tell(
      db,
      { ms: 1, draft: inventoryDraft("1", "receiving", { apple: "10", pear: "4" }) },
      sold(2, "2", "3"),
      sold(3, "3", "-1", "till-2"),
      { ms: 4, terminal: "other", draft: saleDraft("4", { apple: "5" }) },
      { ms: 5, draft: saleDraft("5", { apple: "7" }, { trainingMode: true }) },
    );
    await foldLog(db);
    expect(await show(db, "stock", "store-1:apple")).toEqual({
      id: "store-1:apple",
      storeId: "store-1",
      itemId: "apple",
      uom: "EA",
      onHand: "8",
      included: { "till-1": { epoch: 1, seq: 2 }, "till-2": { epoch: 1, seq: 1 } },
      scope: "store:store-1",
      version: 1,
    });
    expect(await apples("store-2")).toBe("-5");
  });

  test("follows revisions, voids and withdrawals, in whatever order void and receipt come", async () => {
    expect(await folded(sold(1, "1", "3"))).toBe("-3");
    expect(await folded({ ms: 2, draft: saleDraft("1", { apple: "2" }, {}, 2) })).toBe("-2");
    expect(await folded({ ms: 3, terminal: "till-2", draft: voidDraft("9", "1") })).toBe("0");
    // Once void, nothing that is told of it counts; a second void neither.
    expect(await folded({ ms: 4, draft: saleDraft("1", { apple: "9" }, {}, 3) }, { ms: 5, draft: voidDraft("10", "1") })).toBe("0");
    expect(await folded({ ms: 6, terminal: "till-2", draft: voidDraft("11", "2") }, sold(7, "2", "4"))).toBe("0");
    expect(await folded(sold(8, "3", "1"), { ms: 9, draft: saleDraft("3", { apple: "1" }, { status: "cancelled" }, 2) })).toBe("0");
  });

  test("stands on the latest count, whenever that comes; a correction of what was sold before changes nothing", async () => {
    expect(await folded(sold(1, "1", "3"), counted(5, "2", "20"), sold(6, "3", "2"))).toBe("18");
    // An older sale and an older count that come late are in it.
    expect(await folded(sold(4, "4", "7", "till-2"), counted(3, "5", "99", "till-1"))).toBe("18");
    expect(await folded({ ms: 8, draft: saleDraft("1", { apple: "5" }, {}, 2) })).toBe("18");
    expect(await folded(sold(10, "6", "1"), sold(20, "7", "1"), counted(15, "8", "11"))).toBe("10");
    expect(await show(db, "stock", "store-1:apple")).toMatchObject({ countedAt: hlcAt(15) });
  });

  test("a clock that is far ahead counts no later than the cloud heard of it", async () => {
    await folded(counted(RECEIVED_MS * 1_000, "1", "5"));
    expect(await show(db, "stock", "store-1:apple")).toMatchObject({ countedAt: hlcAt(RECEIVED_MS) });
  });

  test("a level that another system wrote is taken as counted then, with what it says is in it; what is reserved stays", async () => {
    await write({ onHand: "100", reserved: "2" });
    expect(await folded(sold(400, "1", "3"), sold(600, "2", "1"))).toBe("99");
    expect(await show(db, "stock", "store-1:apple")).toMatchObject({ countedAt: hlcAt(500), reserved: "2" });
    // The books have heard of till-1 up to its entry 1, and say 50.
    await write({ onHand: "50", included: { "till-1": { epoch: 1, seq: 1 } } });
    expect(await folded(sold(700, "3", "1", "till-2"))).toBe("48");
  });

  test("a level that is about to be written gets what moved and is not in it; the same again changes nothing", async () => {
    await folded(sold(1, "1", "3"), sold(2, "2", "1"), sold(3, "3", "5", "till-2"));
    const books = { onHand: "100", included: { "till-1": { epoch: 1, seq: 1 } }, reserved: "4" };
    await write(books, joinWritten);
    const level = await show(db, "stock", "store-1:apple");
    expect(level).toMatchObject({
      onHand: "94",
      reserved: "4",
      included: { "till-1": { epoch: 1, seq: 2 }, "till-2": { epoch: 1, seq: 1 } },
    });
    expect(await folded(sold(4, "4", "1"))).toBe("93");
    await write(books, joinWritten);
    expect(await apples()).toBe("93");
    await write({ onHand: "50" }, joinWritten);
    expect(await apples()).toBe("50");
    expect(await folded(sold(400, "5", "9"))).toBe("50");
    expect(await folded(sold(600, "6", "2"))).toBe("48");
  });

  test("an item in two units is kept in the one that was counted, or first moved", async () => {
    await folded(sold(2, "1", "1"), { ms: 1, terminal: "till-2", draft: inventoryDraft("2", "receiving", { apple: "1.5" }, "KG") });
    expect(await show(db, "stock", "store-1:apple")).toMatchObject({ uom: "KG", onHand: "1.5" });
    expect(await folded(counted(2, "3", "5"), sold(3, "4", "1"))).toBe("4");
  });

  test("a figure past what a field holds is not written, and the next count mends it", async () => {
    const huge = "999999999999999";
    expect(await folded({ ms: 1, draft: inventoryDraft("1", "receiving", { apple: huge }) })).toBe(huge);
    expect(await folded({ ms: 2, draft: inventoryDraft("2", "receiving", { apple: huge }) })).toBe(huge);
    expect(await folded(counted(3, "3", "5"))).toBe("5");
  });
});

describe("exactly once", () => {
  test("the log folded again from anywhere, in pages of any size, changes nothing; nor do copies of an entry", async () => {
    await folded(sold(1, "1", "3"), counted(5, "2", "20"), sold(6, "3", "2"), sold(4, "4", "1"), {
      ms: 7,
      draft: saleDraft("3", { apple: "4" }, {}, 2),
    });
    await tell(db, sold(6, "3", "2", "till-2"));
    const before = await show(db, "stock", "store-1:apple");
    expect(before?.["onHand"]).toBe("16");
    for (const [from, limit] of [
      [0, 1],
      [2, 2],
      [3, 300],
    ] as const)
      await foldLog(db, from, limit);
    expect(await show(db, "stock", "store-1:apple")).toEqual(before);
  });

  test("control: without the rows that remember, the same replay is noticed", async () => {
    await folded(sold(1, "1", "3"));
    await db.query(sql`DELETE FROM stock_movement`);
    await foldLog(db);
    expect(await apples()).toBe("-6");
  });

  test("any log in any pages gives what the fold of its facts gives", async () => {
    const day = fc.array(
      fc.record({
        ms: fc.integer({ min: 1, max: 9 }),
        terminal: fc.constantFrom("till-1", "till-2"),
        isCount: fc.boolean(),
        figure: fc.integer({ min: 0, max: 9 }),
      }),
      { minLength: 1, maxLength: 8 },
    );
    let run = 0;
    await fc.assert(
      fc.asyncProperty(day, fc.integer({ min: 1, max: 3 }), fc.nat({ max: 4 }), async (records, limit, again) => {
        run += 1;
        const item = `item-${run}`;
        const [start] = await db.query<{ tpos: number }>(sql`SELECT coalesce(max(tpos), 0) AS tpos FROM transaction`);
        let state: StockState = NO_STOCK;
        await tell(
          db,
          ...records.map(({ ms, terminal, isCount, figure }, i) => {
            const fact = { terminal: terminalId(terminal), epoch: epoch(1), seq: seq(i + 1), hlc: hlcAt(ms), uom: "EA" };
            state = isCount
              ? addCount(state, { ...fact, quantity: String(figure) as Decimal })
              : addMovement(state, { ...fact, delta: String(-figure) as Decimal });
            const sequence = `${run}-${i}`;
            return {
              ms,
              terminal,
              draft: isCount
                ? inventoryDraft(sequence, "count", { [item]: String(figure) })
                : saleDraft(sequence, { [item]: String(figure) }),
            };
          }),
        );
        await foldLog(db, start?.tpos, limit);
        await foldLog(db, (start?.tpos ?? 0) + again, limit);
        const level = await show(db, "stock", `store-1:${item}`);
        const moved = [...state.movements.values()].some((movement) => movement.delta !== "0");
        expect(level?.["onHand"]).toBe(state.count === undefined && !moved ? undefined : stockOnHand(state)?.onHand);
      }),
      { numRuns: 15 },
    );
  });
});
