import { afterAll, beforeAll, expect, test } from "vitest";
import { tradingDay } from "../../../../examples/src/pos-generator/trading-day/index.ts";
import type { Database } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { openTestDatabase } from "../db/testing/open-test-database.ts";
import { transactionsStatus } from "../transactions/status.ts";
import { addTerminal, appendDrafts } from "../transactions/testing/append-drafts.ts";
import { transactionDraft } from "../transactions/testing/make-transaction.ts";
import { runToEnd } from "../transactions/testing/run-to-end.ts";
import { listOrders } from "./list-orders.ts";

/** Part of a page, so that orders are told of across pages. */
const BATCH = 70;

const day = tradingDay({ seed: "cloud", sales: 150 });
const { expected } = day;
let db: Database;
beforeAll(async () => {
  db = await openTestDatabase();
  await addTerminal(db, "till-1");
  for (let at = 0; at < day.entries.length; at += BATCH) {
    const part = day.entries.slice(at, at + BATCH);
    await appendDrafts(
      db,
      { terminal: "till-1" },
      part.map((entry) => transactionDraft(entry.transaction, entry.revision)),
    );
    await runToEnd(db);
  }
});
afterAll(() => db.close());

test("a whole day is taken up: every record, every revision, the money of the sales", async () => {
  const status = await transactionsStatus(db);
  expect(status).toMatchObject({ setAside: 0, duplicates: 0 });
  expect(status.transactions).toMatchObject({
    count: new Set(day.entries.map((entry) => entry.naturalKey)).size,
    revisions: expected.byKind.revision.count,
    grossByCurrency: { EUR: expected.gross },
  });
  expect(status.transactions.byType).toMatchObject({
    OrderStatus: expected.byKind.orderStatus.count,
    MemberChange: expected.byKind.memberChange.count,
    Inventory: expected.byKind.stock.count,
  });
});

test("its orders stand where they are expected", async () => {
  const orders = await listOrders(db, { status: undefined, store: undefined, limit: 1_000 });
  expect(Object.fromEntries(orders.map((row) => [row.orderId, row.status]))).toEqual(
    Object.fromEntries(Object.entries(expected.orders).map(([orderId, order]) => [orderId, order.status])),
  );
});

test("destinations of every kind find what is theirs; of an order only what moves it", async () => {
  const rows = await db.query<{ category: string | null; count: number }>(sql`
    SELECT category, count(*)::int AS count FROM transaction WHERE revision = 1 GROUP BY category`);
  const { byKind, orders } = expected;
  const sent = Object.values(orders).reduce((sum, order) => sum + order.sent, 0);
  const quiet = byKind.training.count + byKind.cancelled.count + byKind.suspended.count;
  const sales = ["sale", "pickup", "return", "blindReturn", "exchange", "postVoid"] as const;
  expect(Object.fromEntries(rows.map((row) => [row.category ?? "nobody", row.count]))).toEqual({
    sales: sales.reduce((sum, kind) => sum + byKind[kind].count, 0),
    orders: byKind.order.count,
    "order-status": sent,
    members: byKind.memberChange.count,
    inventory: byKind.stock.count,
    "day-close": byKind.dayClose.count,
    control: byKind.storeOpen.count,
    nobody: quiet + byKind.orderStatus.count - sent,
  });
});
