import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { orderStatuses, type Transaction } from "@tillsync/sync-protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { tradingDay } from "../../../../examples/src/pos-generator/trading-day/index.ts";
import { startBackground } from "../background.ts";
import { behaviours, startReceiver, type Receiver } from "../connectors/testing/misbehaving-receiver.ts";
import type { Database } from "../db/database.ts";
import { openTestDatabase } from "../db/testing/open-test-database.ts";
import { addDestination } from "../destinations/destination.ts";
import { loadSeal } from "../destinations/seal.ts";
import { fileOf, until } from "../destinations/testing/run-dispatcher.ts";
import { createWake, entriesTopic } from "../event-log/wake.ts";
import { createPressure } from "../ingest/pressure.ts";
import { recordingLog } from "../subscribers/testing/quiet.ts";
import { categories } from "../transactions/category.ts";
import { addTerminal, appendDrafts } from "../transactions/testing/append-drafts.ts";
import { transactionDraft } from "../transactions/testing/make-transaction.ts";

const BATCH = 100;
const CUT_EVERY = 9;

const day = tradingDay({ seed: "outbound", sales: 90 });
let db: Database;
let dir: string;
let receiver: Receiver;
let background: { stop(): Promise<void> } | undefined;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "tillsync-outbound-"));
  db = await openTestDatabase();
  receiver = await startReceiver();
  await addTerminal(db, "till-1");
});
afterEach(async () => {
  await background?.stop();
  await receiver.close();
  await db.close();
  await rm(dir, { recursive: true });
});

interface Arrived {
  readonly partitionkey: string;
  readonly sequence: string;
  readonly data: { readonly transaction: Transaction; readonly revision: number };
}

/** Sends the whole day to a receiver of all categories, which loses every ninth answer, and gives what it keeps: one event an id. */
async function sendDay(): Promise<Arrived[]> {
  let requests = 0;
  receiver.behave((response) => {
    requests += 1;
    if (requests % CUT_EVERY === 0) behaviours.cut(response);
    else behaviours.ok(response);
  });
  await addDestination(db, fileOf({ url: receiver.url, include: [...categories] }), await loadSeal(dir, undefined), 1);
  const wake = createWake();
  background = startBackground({ db, wake, log: recordingLog(), pressure: createPressure(() => Date.now()), dataDir: dir });
  for (let at = 0; at < day.entries.length; at += BATCH) {
    const part = day.entries.slice(at, at + BATCH).map((entry) => transactionDraft(entry.transaction, entry.revision));
    await appendDrafts(db, { terminal: "till-1" }, part);
    wake.notify(entriesTopic("main"));
  }
  const { byKind, orders } = day.expected;
  const quiet = byKind.training.count + byKind.cancelled.count + byKind.suspended.count;
  const late = byKind.orderStatus.count - Object.values(orders).reduce((sum, order) => sum + order.sent, 0);
  await until(db, (now) => now.delivered === day.entries.length - quiet - late && now.exceptions === 0);
  const kept = new Map(receiver.seen.map((one) => [String(one.headers["webhook-id"]), JSON.parse(one.body) as Arrived]));
  expect(requests).toBeGreaterThan(kept.size);
  return [...kept.values()];
}

test("not only sales travel: steps of orders, members, stock and ends of a day, each once and in order, over a line that loses answers", async () => {
  const arrived = await sendDay();
  const { byKind, orders } = day.expected;
  const count = (type: Transaction["transactionType"]): number =>
    arrived.filter((one) => one.data.transaction.transactionType === type).length;
  expect(count("OrderStatus")).toBe(Object.values(orders).reduce((sum, order) => sum + order.sent, 0));
  expect(count("MemberChange")).toBe(byKind.memberChange.count);
  expect(count("Inventory")).toBe(byKind.stock.count);
  expect(count("Control")).toBe(byKind.dayClose.count + byKind.storeOpen.count);
  expect(count("CustomerOrder")).toBe(byKind.order.count);

  // Whatever shares a key arrives in the order of the log; what an order went through never turns back.
  for (const [key, events] of Map.groupBy(arrived, (one) => one.partitionkey)) {
    const sequences = events.map((one) => one.sequence);
    expect(sequences, key).toEqual(sequences.toSorted());
    const statuses = events.flatMap(({ data: { transaction: t } }) => (t.transactionType === "OrderStatus" ? [t.orderStatus.status] : []));
    const ranks = statuses.map((status) => orderStatuses.indexOf(status));
    expect(ranks, key).toEqual(ranks.toSorted((a, b) => a - b));
  }
  const reports = arrived.flatMap(({ data: { transaction: t } }) => (t.transactionType === "Control" ? (t.control.totals ?? []) : []));
  expect(reports.reduce((sum, totals) => sum + BigInt(totals.grand ?? "0"), 0n).toString()).toBe(day.expected.books.net);
});
