import type { OrderStatus } from "@tillsync/sync-protocol";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { openTestDatabase } from "../db/testing/open-test-database.ts";
import { retakeSetAside } from "../transactions/retake.ts";
import { transactionsStatus } from "../transactions/status.ts";
import { addTerminal, appendDrafts } from "../transactions/testing/append-drafts.ts";
import { makeSale, transactionDraft, type Draft } from "../transactions/testing/make-transaction.ts";
import { runToEnd } from "../transactions/testing/run-to-end.ts";
import { LIST_ROWS_MAX, listOrders, showOrder } from "./list-orders.ts";
import { stepDraft } from "./testing/make-step.ts";

let db: Database;
beforeEach(async () => {
  db = await openTestDatabase();
  await addTerminal(db, "till-1");
});
afterEach(() => db.close());

const tell = async (...drafts: Draft[]): Promise<void> => {
  await appendDrafts(db, { terminal: "till-1" }, drafts);
  await runToEnd(db);
};
const steps = (...statuses: OrderStatus[]): Draft[] => statuses.map((status, at) => stepDraft({ status, sequence: String(at + 1) }));
const receipt = (sequence: string, action: string, more: object = {}): Draft =>
  transactionDraft(makeSale({ sequence }, { orders: [{ orderId: "4711", action }], ...more }));
const show = async (orderId = "4711") => (await showOrder(db, { orderId, system: undefined }))[0];
const outcomes = async () => (await show())?.steps.map((step) => `${step.status} ${step.outcome}`);
const rows = () =>
  db.query<{ natural_key: string; revision: number; category: string | null; previous_category: string | null }>(sql`
    SELECT natural_key, revision, category, previous_category FROM transaction ORDER BY tpos`);
const setAside = () => db.query(sql`SELECT natural_key, code, detail FROM set_aside WHERE state = 'open' ORDER BY pos`);
const nowMs = () => 5_000;

describe("an order", () => {
  test("goes its way by steps and receipts, and is shown with all of them", async () => {
    await tell(
      receipt("1", "create", { transactionType: "CustomerOrder" }),
      ...(["confirmed", "inProduction", "picked"] as const).map((status, at) => stepDraft({ status, sequence: String(at + 2) })),
      receipt("5", "pickup"),
      receipt("6", "deposit"),
    );
    expect(await outcomes()).toEqual([
      "created applied",
      "confirmed applied",
      "inProduction applied",
      "picked applied",
      "fulfilled applied",
    ]);
    expect(await show()).toMatchObject({
      orderId: "4711",
      system: null,
      status: "fulfilled",
      storeId: "store-1",
      store: "9",
      setAside: [],
      steps: [{ naturalKey: "9/31/2026-11-20/1", type: "CustomerOrder", terminalId: "till-1" }, { type: "OrderStatus" }, {}, {}, {}],
    });
    expect((await rows()).map((row) => row.category)).toEqual(["orders", "order-status", "order-status", "order-status", "sales", "sales"]);
  });

  test("is listed where it stands, the last moved first, by status and store", async () => {
    await appendDrafts(db, { terminal: "till-1", receivedAtMs: 1_000 }, [stepDraft({ status: "shipped", sequence: "1", orderId: "a" })]);
    await appendDrafts(db, { terminal: "till-1", receivedAtMs: 2_000 }, [stepDraft({ status: "created", sequence: "2", orderId: "b" })]);
    await runToEnd(db);
    const list = async (wish: { status?: OrderStatus; store?: string; limit?: number }) =>
      (await listOrders(db, { status: undefined, store: undefined, limit: LIST_ROWS_MAX, ...wish })).map((row) => row.orderId);
    expect(await list({})).toEqual(["b", "a"]);
    expect(await list({ limit: 1 })).toEqual(["b"]);
    expect(await list({ status: "shipped" })).toEqual(["a"]);
    expect(await list({ store: "store-1" })).toEqual(["b", "a"]);
    expect(await list({ store: "store-2" })).toEqual([]);
  });

  test("of one number in two systems is two orders", async () => {
    await tell(
      stepDraft({ status: "shipped", sequence: "1", system: "webshop" }),
      stepDraft({ status: "created", sequence: "2", system: "kiosk" }),
    );
    expect(await setAside()).toEqual([]);
    expect((await showOrder(db, { orderId: "4711", system: undefined })).map((one) => [one.system, one.status])).toEqual([
      ["kiosk", "created"],
      ["webshop", "shipped"],
    ]);
    expect(await showOrder(db, { orderId: "4711", system: "webshop" })).toHaveLength(1);
    expect(await showOrder(db, { orderId: "4712", system: undefined })).toEqual([]);
  });
});

describe("a step that is told late or again", () => {
  test("is kept, turns nothing back, and goes to no destination", async () => {
    await tell(...steps("confirmed", "shipped", "picked", "shipped"));
    expect(await outcomes()).toEqual(["confirmed applied", "shipped applied", "picked stale", "shipped repeated"]);
    expect((await show())?.status).toBe("shipped");
    expect((await rows()).map((row) => row.category)).toEqual(["order-status", "order-status", null, null]);
    expect(await setAside()).toEqual([]);
  });

  test("goes out when it tells of another parcel", async () => {
    await tell(...steps("shipped"), stepDraft({ status: "shipped", sequence: "2", tracking: "T-2" }));
    expect(await outcomes()).toEqual(["shipped applied", "shipped applied"]);
    expect((await rows()).map((row) => row.category)).toEqual(["order-status", "order-status"]);
  });

  test("goes to no destination as the correction of a step that was sent either", async () => {
    await tell(...steps("shipped"), stepDraft({ status: "picked", sequence: "1", revision: 2 }));
    expect(await rows()).toMatchObject([
      { revision: 1, category: "order-status" },
      { revision: 2, category: null, previous_category: null },
    ]);
    expect((await show())?.status).toBe("shipped");
  });

  test("is nothing at all when its record was withdrawn or was training", async () => {
    await tell(
      stepDraft({ status: "created", sequence: "1" }),
      stepDraft({ status: "shipped", sequence: "2", record: { trainingMode: true } }),
      stepDraft({ status: "created", sequence: "1", revision: 2, record: { status: "cancelled" } }),
    );
    expect(await outcomes()).toEqual(["created applied"]);
    expect((await rows()).map((row) => [row.category, row.previous_category])).toEqual([
      ["order-status", null],
      [null, null],
      [null, null],
    ]);
  });
});

describe("a step that cannot have happened", () => {
  test("is set aside with its reason, here and at its terminal; the order and everything else go on", async () => {
    await tell(...steps("confirmed", "cancelled", "shipped"), transactionDraft(makeSale({ sequence: "9" })));
    expect(await setAside()).toEqual([
      {
        natural_key: "9/31/2026-11-20/3",
        code: "order.transition-forbidden",
        detail: "order:/4711 stands at cancelled, told shipped: the order is cancelled: no goods of it may move",
      },
    ]);
    expect(await db.query(sql`SELECT terminal_id, seq, kind, code FROM verdict`)).toEqual([
      { terminal_id: "till-1", seq: 3, kind: "set-aside", code: "order.transition-forbidden" },
    ]);
    expect(await show()).toMatchObject({ status: "cancelled", setAside: [{ naturalKey: "9/31/2026-11-20/3", terminalId: "till-1" }] });
    expect((await transactionsStatus(db)).transactions.byType).toEqual({ OrderStatus: 2, RetailTransaction: 1 });
  });

  test("is taken up by a retry once what it needs was told, and stays open until then", async () => {
    await tell(...steps("confirmed", "returned"));
    expect(await retakeSetAside(db, nowMs)).toEqual({ takenUp: 0, stillOpen: 1 });
    await tell(stepDraft({ status: "delivered", sequence: "3" }));
    expect(await retakeSetAside(db, nowMs)).toEqual({ takenUp: 1, stillOpen: 0 });
    expect(await outcomes()).toEqual(["confirmed applied", "delivered applied", "returned applied"]);
    expect(await show()).toMatchObject({ status: "returned", setAside: [] });
    expect((await rows()).map((row) => row.category)).toEqual(["order-status", "order-status", "order-status"]);
  });

  test("is never a reason to refuse a receipt: the sale counts, the contradiction is marked, the order stays", async () => {
    await tell(...steps("confirmed", "cancelled"), receipt("3", "pickup"));
    expect(await setAside()).toEqual([]);
    expect(await outcomes()).toEqual(["confirmed applied", "cancelled applied", "fulfilled forbidden"]);
    expect((await show())?.status).toBe("cancelled");
    expect((await transactionsStatus(db)).transactions.grossByCurrency).toEqual({ USD: "12.50" });
    expect((await rows()).at(-1)?.category).toBe("sales");
  });

  test("leaves no order behind when it was not allowed to be told at all", async () => {
    await addTerminal(db, "till-9", "store-9", ["90"]);
    await appendDrafts(db, { terminal: "till-9" }, steps("created"));
    await runToEnd(db);
    expect(await setAside()).toMatchObject([{ code: "entry.not-allowed" }]);
    expect(await show()).toBeUndefined();
    expect(await listOrders(db, { status: undefined, store: undefined, limit: 10 })).toEqual([]);
  });
});

test("a number that no database can hold refuses a step, and costs a receipt its order alone", async () => {
  const orders = [{ orderId: "47\u000011", action: "create" }];
  await tell(
    stepDraft({ status: "created", sequence: "1", orderId: "47\u000011" }),
    transactionDraft(makeSale({ sequence: "2" }, { orders })),
  );
  expect(await setAside()).toMatchObject([{ natural_key: "9/31/2026-11-20/1", code: "entry.invalid" }]);
  expect((await rows()).map((row) => row.category)).toEqual(["sales"]);
});

test("a page in two halves moves an order as one page does", async () => {
  const told = steps("created", "picked", "confirmed", "shipped", "cancelled", "shipped", "delivered");
  await tell(...told.slice(0, 4));
  await tell(...told.slice(4));
  const halves = await outcomes();
  await db.close();
  db = await openTestDatabase();
  await addTerminal(db, "till-1");
  await tell(...told);
  expect(await outcomes()).toEqual(halves);
  expect(halves).toEqual([
    "created applied",
    "picked applied",
    "confirmed stale",
    "shipped applied",
    "shipped repeated",
    "delivered applied",
  ]);
});

test("what an older reader set aside, since it did not know steps of orders, is taken up when a newer one starts", async () => {
  await tell(transactionDraft(makeSale({ sequence: "8" })));
  await appendDrafts(db, { terminal: "till-1" }, steps("created", "shipped"));
  // As the older version left it: past both entries, each open with its reason, its own mark beside the cursor.
  await db.query(sql`
    INSERT INTO set_aside (shard, pos, terminal_id, epoch, seq, natural_key, code, detail, at_ms)
    SELECT 'main', pos, 'till-1', 1, pos, '9/31/2026-11-20/' || (pos - 1), 'entry.schema-unknown',
      'body.transaction.transactionType OrderStatus', 1 FROM generate_series(2, 3) AS pos`);
  await db.query(sql`UPDATE subscriber_cursor SET pos = 3, reader = 'older' WHERE subscriber = 'transactions'`);
  await db.query(sql`INSERT INTO running_total (shard, name, value) VALUES ('main', 'set-aside', 2)
    ON CONFLICT (shard, name) DO UPDATE SET value = 2`);
  await runToEnd(db);
  await runToEnd(db);
  expect(await setAside()).toEqual([]);
  expect(await outcomes()).toEqual(["created applied", "shipped applied"]);
  expect((await transactionsStatus(db)).setAside).toBe(0);
});
