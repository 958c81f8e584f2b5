import { ALL, documentSchemas, storeId, storeScope, TillsyncError } from "@tillsync/sync-protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { OPEN_TEST_DATABASE_MAX_MS, openTestDatabase } from "../db/testing/open-test-database.ts";
import { createWake } from "../event-log/wake.ts";
import { stepDraft } from "../orders/testing/make-step.ts";
import { writeDocuments, type DocumentChange } from "../reference/write-documents.ts";
import { systemPorts } from "../subscribers/ports.ts";
import { recordingLog } from "../subscribers/testing/quiet.ts";
import { joinWritten } from "./join-written.ts";
import type { FoldPage } from "./fold-row.ts";
import { readFoldPage } from "./read-fold-page.ts";
import { FOLDS, runFolds } from "./run-folds.ts";
import { foldLog, hlcAt, show, startAnew, tell, type Told } from "./testing/fold-log.ts";
import { inventoryDraft, memberDraft, saleDraft, voidDraft } from "./testing/make-records.ts";

let db: Database;
beforeAll(async () => {
  db = await openTestDatabase();
}, OPEN_TEST_DATABASE_MAX_MS);
beforeEach(() => startAnew(db));
afterAll(() => db.close());

const MEMBER = "abcdefghijklmnopqrstuv";
const folded = async (...told: Told[]): Promise<void> => {
  await tell(db, ...told);
  await foldLog(db);
};
const write = (change: DocumentChange, nowMs = 500): Promise<unknown> => db.transaction((tx) => writeDocuments(tx, [change], nowMs));
const order = (fields: object = {}, id = "4711"): DocumentChange => ({
  collection: "orders",
  id,
  scope: storeScope(storeId("store-1")),
  fields: documentSchemas.orders.parse({
    id,
    orderId: "4711",
    storeId: "store-1",
    status: "confirmed",
    lines: [],
    currency: "USD",
    exponent: 2,
    total: "100",
    due: "100",
    ...fields,
  }),
});
const pickUp = (ms: number, sequence: string, terminal = "till-1"): Told => ({
  ms,
  terminal,
  draft: saleDraft(sequence, { apple: "1" }, { orders: [{ orderId: "4711", action: "pickup" }] }),
});
const refusals = () => db.query(sql`SELECT tpos, code, detail FROM fold_refusal ORDER BY tpos`);

describe("members", () => {
  test("have of each field what was told last, from whichever till and whenever it comes; made for all stores", async () => {
    await folded(
      { ms: 5, draft: memberDraft("1", { kind: "enrolled", tier: "silver", consents: { email: true } }) },
      { ms: 3, terminal: "till-2", draft: memberDraft("2", { tier: "gold", attributes: { language: "de" } }) },
      { ms: 7, terminal: "other", draft: memberDraft("3", { consents: { email: false } }) },
    );
    const member = await show(db, "members", MEMBER);
    expect(member).toEqual({
      id: MEMBER,
      scope: "all",
      version: 1,
      state: "active",
      tier: "silver",
      consents: { email: false },
      attributes: { language: "de" },
      stamps: { "attributes.language": hlcAt(3), "consents.email": hlcAt(7), state: hlcAt(5), tier: hlcAt(5) },
    });
    await foldLog(db, 0, 1);
    expect(await show(db, "members", MEMBER)).toEqual(member);
  });

  test("keep what head office wrote after the change, and their scope; who was deleted comes back by a later change alone", async () => {
    const scope = storeScope(storeId("store-1"));
    const change: DocumentChange = {
      collection: "members",
      id: MEMBER,
      scope,
      fields: documentSchemas.members.parse({ id: MEMBER, tier: "gold", points: 7 }),
    };
    await write(change);
    await folded({ ms: 400, draft: memberDraft("1", { tier: "silver", kind: "left" }) });
    expect(await show(db, "members", MEMBER)).toMatchObject({ scope: "store:store-1", tier: "gold", points: 7, state: "left" });
    await write({ ...change, fields: undefined }, 800);
    await folded({ ms: 700, draft: memberDraft("2", { tier: "silver" }) });
    expect(await show(db, "members", MEMBER)).toEqual({ scope: "store:store-1", version: 3 });
    await folded({ ms: 900, draft: memberDraft("3", { kind: "enrolled" }) });
    expect(await show(db, "members", MEMBER)).toMatchObject({ state: "active", version: 4 });
  });
});

describe("orders", () => {
  test("move by steps and by the receipt of the pick-up, which names the till; told again, nothing changes", async () => {
    await write(order());
    await folded({ ms: 600, draft: stepDraft({ status: "picked", sequence: "1" }) }, pickUp(700, "2"));
    const after = await show(db, "orders", "4711");
    expect(after).toMatchObject({ status: "fulfilled", pickedRevision: 1, handedOverBy: "till-1", revisedAt: hlcAt(500), version: 2 });
    await foldLog(db, 1, 1);
    await foldLog(db);
    expect(await show(db, "orders", "4711")).toEqual(after);
    await folded(pickUp(800, "3", "till-2"));
    expect(await show(db, "orders", "4711")).toMatchObject({ status: "fulfilled", conflict: "handed-over-twice", handedOverBy: "till-1" });
  });

  test("that were cancelled and handed over say so, whichever was heard first", async () => {
    await write(order());
    await folded({ ms: 600, draft: stepDraft({ status: "cancelled", sequence: "1" }) }, pickUp(550, "2"));
    expect(await show(db, "orders", "4711")).toMatchObject({ status: "fulfilled", cancelled: true, conflict: "handed-over-after-cancel" });
    // Goods left the shelf: stock says so too.
    expect(await show(db, "stock", "store-1:apple")).toMatchObject({ onHand: "-1" });
  });

  test("that two tills handed over say so, by steps alone: the second one, told again, goes to no destination, and is seen here", async () => {
    await write(order());
    const step = (sequence: string, terminal: string, tracking?: string): Told => ({
      ms: 600,
      terminal,
      draft: stepDraft({ status: "fulfilled", sequence, ...(tracking === undefined ? {} : { tracking }) }),
    });
    await folded(step("1", "till-1"), step("2", "till-1"), step("3", "till-2", "a parcel"));
    expect((await show(db, "orders", "4711"))?.["conflict"]).toBeUndefined();
    await folded(step("4", "till-2"));
    expect(await show(db, "orders", "4711")).toMatchObject({
      conflict: "handed-over-twice",
      handOvers: [{ terminal: "till-1" }, { terminal: "till-2" }],
    });
  });

  test("whose hand-over the log has set aside say that the goods are gone all the same; other steps that it set aside move nothing", async () => {
    await write(order());
    const steps = ["cancelled", "picked", "returned"] as const;
    await folded(...steps.map((status, i) => ({ ms: 600 + i, draft: stepDraft({ status, sequence: String(i) }) })));
    expect(await show(db, "orders", "4711")).toMatchObject({ status: "cancelled", version: 2 });
    await folded({ ms: 650, terminal: "till-2", draft: stepDraft({ status: "fulfilled", sequence: "9" }) });
    const after = await show(db, "orders", "4711");
    expect(after).toMatchObject({ status: "fulfilled", conflict: "handed-over-after-cancel", handedOverBy: "till-2", version: 3 });
    expect(await db.query(sql`SELECT code FROM set_aside WHERE state = 'open'`)).toHaveLength(3);
    await db.query(sql`DELETE FROM fold_set_aside`);
    await foldLog(db);
    expect(await show(db, "orders", "4711")).toEqual(after);
  });

  test("that were changed after the picking say so", async () => {
    await write(order({ revision: 2 }));
    await folded({ ms: 450, draft: stepDraft({ status: "picked", sequence: "1" }) });
    expect(await show(db, "orders", "4711")).toMatchObject({ status: "picked", pickedRevision: 1, conflict: "changed-after-pick" });
    await folded({ ms: 600, draft: stepDraft({ status: "picked", sequence: "2", tracking: "again" }) });
    expect((await show(db, "orders", "4711"))?.["conflict"]).toBeUndefined();
  });

  test("are found by their system's name and without, made by the receipt that took them, and by nothing else", async () => {
    await write(order({ system: "webshop" }, "webshop:4711"));
    const taken = {
      orders: [{ orderId: "77", action: "create" }],
      transactionType: "CustomerOrder",
      tenders: [{ line: 2, type: "cash", use: "sale", amount: "250" }],
    };
    await folded(
      { ms: 600, draft: stepDraft({ status: "picked", sequence: "1", system: "webshop" }) },
      { ms: 601, draft: stepDraft({ status: "picked", sequence: "2", orderId: "99" }) },
      { ms: 602, draft: saleDraft("3", { apple: "2" }, taken) },
    );
    expect(await show(db, "orders", "webshop:4711")).toMatchObject({ status: "picked" });
    expect(await show(db, "orders", "99")).toBeUndefined();
    expect(await show(db, "orders", "77")).toMatchObject({
      scope: "store:store-1",
      status: "created",
      total: "1250",
      due: "1000",
      lines: [{ itemId: "apple", quantity: { value: "2", uom: "EA" } }],
    });
    expect(await show(db, "stock", "store-1:apple")).toBeUndefined();
  });

  test("that their system writes again, beside other documents, keep where they stand; members and levels likewise", async () => {
    await write(order());
    await folded(
      { ms: 600, draft: stepDraft({ status: "picked", sequence: "1" }) },
      { ms: 700, draft: memberDraft("2", { tier: "gold" }) },
    );
    const member: DocumentChange = {
      collection: "members",
      id: MEMBER,
      scope: ALL,
      fields: documentSchemas.members.parse({ id: MEMBER, points: 5 }),
    };
    const product: DocumentChange = {
      collection: "products",
      id: "apple",
      scope: ALL,
      fields: documentSchemas.products.parse({ id: "apple", description: "Apple" }),
    };
    const gone: DocumentChange = { ...order(), id: "gone", fields: undefined };
    await db.transaction(async (tx) =>
      writeDocuments(tx, await joinWritten(tx, [order({ total: "300" }), member, product, gone], 900), 900),
    );
    expect(await show(db, "orders", "4711")).toMatchObject({
      status: "picked",
      total: "300",
      revision: 2,
      revisedAt: hlcAt(900),
      conflict: "changed-after-pick",
    });
    expect(await show(db, "members", MEMBER)).toMatchObject({ points: 5, stamps: { points: hlcAt(900), tier: hlcAt(900) } });
    expect(await show(db, "products", "apple")).toMatchObject({ description: "Apple" });
  });

  test("of another store are not moved, and the refusal is on record", async () => {
    await write(order());
    await folded({ ms: 600, terminal: "other", draft: stepDraft({ status: "picked", sequence: "1" }) });
    expect(await show(db, "orders", "4711")).toMatchObject({ status: "confirmed", version: 1 });
    expect(await refusals()).toEqual([{ tpos: 1, code: "entry.not-allowed", detail: "order:/4711 is an order of store store-1" }]);
  });
});

/** Runs the folds as the cloud does until they stand at the log's end, then stops them. */
async function runToEnd(database: Database): Promise<void> {
  const stop = new AbortController();
  const deps = {
    db: database,
    wake: createWake(),
    ports: systemPorts,
    log: recordingLog(),
    owner: "test",
    makeWay: () => Promise.resolve(),
  };
  const running = runFolds(deps, "main", stop.signal);
  const isAtEnd = async (): Promise<boolean> => {
    const [row] = await db.query<{ at_end: boolean }>(sql`
      SELECT coalesce((SELECT pos FROM subscriber_cursor WHERE subscriber = ${FOLDS}), 0) = (SELECT max(tpos) FROM transaction)
        AND coalesce((SELECT max(pos) FROM set_aside), 0) = coalesce((SELECT pos FROM fold_set_aside), 0) AS at_end`);
    return row?.at_end === true;
  };
  for (let tries = 0; tries < 1_000 && !(await isAtEnd()); tries++) await systemPorts.sleep(5);
  stop.abort();
  await running;
}

describe("the reader", () => {
  test("a commit whose answer was lost, and a database that goes away, fold nothing twice and leave nothing out", async () => {
    await tell(db, { ms: 1, draft: saleDraft("1", { apple: "2" }) }, { ms: 2, draft: saleDraft("2", { apple: "1" }) });
    let calls = 0;
    const lossy: Database = {
      ...db,
      transaction: async (work) => {
        calls += 1;
        if (calls === 1) throw new TillsyncError("db.unavailable", "before");
        const done = await db.transaction(work);
        if (calls === 2) throw new TillsyncError("db.unavailable", "after the commit");
        return done;
      },
    };
    await runToEnd(lossy);
    await tell(db, { ms: 3, terminal: "till-2", draft: voidDraft("3", "1") });
    await runToEnd(db);
    expect(calls).toBeGreaterThanOrEqual(2);
    expect(await show(db, "stock", "store-1:apple")).toMatchObject({ onHand: "-1", version: 2 });
  });

  test("a record that cannot be folded is on record, and those around it are folded", async () => {
    const poison = inventoryDraft("3", "receiving", { pear: "1" }, "\u0000");
    await tell(
      db,
      { ms: 1, draft: saleDraft("1", { apple: "2" }) },
      { ms: 2, draft: poison },
      { ms: 3, draft: saleDraft("2", { apple: "1", pear: "1" }) },
    );
    await runToEnd(db);
    expect(await show(db, "stock", "store-1:apple")).toMatchObject({ onHand: "-3" });
    expect(await show(db, "stock", "store-1:pear")).toMatchObject({ onHand: "-1" });
    expect(await refusals()).toMatchObject([{ tpos: 2, code: "internal.unexpected" }]);
  });

  test("an order that cannot be read holds up no other, neither in the log nor in what is set aside", async () => {
    await write(order());
    const other = order({ orderId: "4712", status: "cancelled" }, "4712");
    await write(other);
    await db.query(sql`UPDATE reference_document SET body = '{"id":"4711"}' WHERE id = '4711'`);
    const told = (orderId: string, at: number) =>
      (["cancelled", "fulfilled"] as const).map((status, i): Told => ({
        ms: 600,
        draft: stepDraft({ status, orderId, sequence: String(at + i) }),
      }));
    await tell(db, ...told("4711", 1), ...told("4712", 3));
    await runToEnd(db);
    expect(await refusals()).toMatchObject([{ tpos: 1, code: "reference.invalid" }]);
    expect(await show(db, "orders", "4712")).toMatchObject({ status: "fulfilled", conflict: "handed-over-after-cancel" });
  });

  test("a page ends where its lines take too much memory, and never before its first record", async () => {
    const sales = ["1", "2", "3"].map((sequence, i): Told => ({ ms: i, draft: saleDraft(sequence, { apple: "1" }) }));
    await tell(db, ...sales, { ms: 9, draft: stepDraft({ status: "created", sequence: "9", record: { trainingMode: true } }) });
    const lines = (page: FoldPage): number => page.rows.length;
    const whole = await readFoldPage(db, "main", 0);
    expect([lines(whole), whole.last]).toEqual([4, 4]);
    const tight = await readFoldPage(db, "main", 0, 10, 1);
    expect([lines(tight), tight.last]).toEqual([1, 1]);
    const [segment] = await db.query<{ plain_bytes: number }>(sql`SELECT plain_bytes FROM segment WHERE first_pos = 2`);
    const lineBytes = (segment?.plain_bytes ?? 0) - "{}\n\n".length;
    const two = await readFoldPage(db, "main", 1, 10, 2 * lineBytes);
    expect(lines(await readFoldPage(db, "main", 1, 10, 2 * lineBytes - 1))).toBe(1);
    expect([lines(two), two.last]).toEqual([2, 3]);
    expect((await readFoldPage(db, "main", 4)).last).toBeUndefined();
  });

  test("a line that is not what was taken up is on record, and blocks nobody", async () => {
    await tell(db, { ms: 1, draft: saleDraft("1", { apple: "2" }) }, { ms: 2, draft: saleDraft("2", { apple: "1" }) });
    await db.query(sql`UPDATE segment SET body = convert_to('{}' || chr(10) || '{"seq":1}' || chr(10), 'UTF8') WHERE first_pos = 1`);
    await foldLog(db);
    expect(await show(db, "stock", "store-1:apple")).toMatchObject({ onHand: "-1" });
    expect(await refusals()).toMatchObject([{ tpos: 1, code: "entry.invalid" }]);
  });
});
