import { afterEach, beforeEach, expect, test } from "vitest";
import type { DeliveryItem, LookUpResult, Repeatability } from "../connectors/connector.ts";
import type { Database } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { openTestDatabase } from "../db/testing/open-test-database.ts";
import { systemPorts } from "../subscribers/ports.ts";
import { addTerminal, appendDrafts } from "../transactions/testing/append-drafts.ts";
import { runToEnd } from "../transactions/testing/run-to-end.ts";
import { listDeliveries } from "./deliveries.ts";
import { destinationsStatus } from "./status.ts";
import { delivered, fakeReceiver, honest, uncertain, type FakeOptions } from "./testing/fake-receiver.ts";
import { addErp, lineTo, quickRetry, startDispatcher, until } from "./testing/run-dispatcher.ts";
import { keysOutOfOrder, mixedKeys, sale, sell } from "./testing/sell.ts";

let db: Database;
beforeEach(async () => {
  db = await openTestDatabase();
  await addTerminal(db, "till-1");
  await addErp(db);
});
afterEach(() => db.close());

const lookupFirst: Repeatability = { by: "lookup-first" };
const forgetful: FakeOptions = { repeatability: lookupFirst, dedupe: false, lookUp: honest };
const sequencesOf = (items: readonly DeliveryItem[]): string[] => items.map((item) => item.naturalKey.split("/")[3] ?? "").toSorted();
const retry = { ...quickRetry, settleMs: 40 };
const DAY_MS = 86_400_000;

test("lookup-first asks before every send; what was taken without an answer is found, and sent once", async () => {
  const drafts = mixedKeys(6, 2);
  await sell(db, drafts);
  const receiver = fakeReceiver((_, attempt) => (attempt === 1 ? { after: true, result: uncertain } : delivered), forgetful);
  const dispatcher = startDispatcher(db, lineTo(receiver, { retry }));
  await until(db, (now) => now.delivered === drafts.length && now.exceptions === 0);
  await dispatcher.stop();
  expect(receiver.calls).toHaveLength(drafts.length);
  expect(receiver.asked.length).toBeGreaterThanOrEqual(drafts.length * 2);
  expect(receiver.doubled()).toEqual([]);
  expect(keysOutOfOrder(receiver)).toEqual([]);
  const rows = await db.query<{ vendor_id: string; identity: string }>(sql`SELECT vendor_id, identity FROM receipt`);
  expect(rows.every((row) => row.vendor_id === `v-${row.identity}`)).toBe(true);
});

test("negative control: without look-up, a receiver that knows no repeats has them twice", async () => {
  await sell(db, mixedKeys(6, 1));
  const receiver = fakeReceiver((_, attempt) => (attempt === 1 ? { after: true, result: uncertain } : delivered), forgetful);
  const dispatcher = startDispatcher(db, lineTo(receiver, { retry }), { lookUp: false });
  await until(db, (now) => now.delivered === 6 && now.exceptions === 0);
  await dispatcher.stop();
  expect(receiver.doubled()).toHaveLength(6);
});

test("negative control: where the receiver does not drop repeats and nobody asks, a native key alone doubles", async () => {
  await sell(db, mixedKeys(6, 1));
  const receiver = fakeReceiver((_, attempt) => (attempt === 1 ? { after: true, result: uncertain } : delivered), { dedupe: false });
  const dispatcher = startDispatcher(db, lineTo(receiver, { retry }));
  await until(db, (now) => now.delivered === 6);
  await dispatcher.stop();
  expect(receiver.doubled()).toHaveLength(6);
});

test("an answer that comes too early is not believed: what the receiver takes late is found, not doubled", async () => {
  await sell(db, [sale("slow")]);
  const late = Promise.withResolvers<void>();
  const lookUp = (_: DeliveryItem, time: number): undefined => void (time === 3 && late.resolve());
  const receiver = fakeReceiver((_, attempt) => (attempt === 1 ? { late: late.promise, result: uncertain } : delivered), {
    ...forgetful,
    lookUp,
  });
  const dispatcher = startDispatcher(db, lineTo(receiver, { retry: { ...retry, settleMs: 800 } }));
  await until(db, (now) => now.delivered === 1 && now.exceptions === 0);
  await dispatcher.stop();
  expect(receiver.calls).toHaveLength(1);
  expect(receiver.asked).toHaveLength(3);
});

test("negative control: with no time to settle, the late one is doubled", async () => {
  await sell(db, [sale("slow")]);
  const late = Promise.withResolvers<void>();
  const receiver = fakeReceiver((_, attempt) => (attempt === 1 ? { late: late.promise, result: uncertain } : delivered), forgetful);
  const dispatcher = startDispatcher(db, lineTo(receiver, { retry: { ...retry, settleMs: 0 } }));
  await until(db, (now) => now.delivered === 1 && now.exceptions === 0);
  await dispatcher.stop();
  late.resolve();
  await late.promise;
  expect(receiver.doubled()).toHaveLength(1);
});

test("a look-up that fails keeps the item uncertain, is asked again, and nothing is sent meanwhile", async () => {
  await sell(db, [sale("1")]);
  let up = false;
  const lookUp = (_: DeliveryItem, time: number): LookUpResult | undefined =>
    time === 1 || up ? undefined : { kind: time % 2 === 0 ? "theirs" : "uncertain", detail: "no" };
  const receiver = fakeReceiver((_, attempt) => (attempt === 1 ? uncertain : delivered), { ...forgetful, lookUp });
  const dispatcher = startDispatcher(db, lineTo(receiver, { retry: { ...retry, maxAttempts: 1_000 } }));
  for (let i = 0; i < 400 && receiver.asked.length < 6; i++) await systemPorts.sleep(5);
  await systemPorts.sleep(250);
  expect(await listDeliveries(db, { after: 0, limit: 5 })).toMatchObject([{ state: "uncertain", code: "delivery.look-up" }]);
  expect(await destinationsStatus(db)).toMatchObject([{ uncertain: 1, retrying: 0, pending: 0, delivered: 0 }]);
  expect(receiver.calls).toHaveLength(1);
  up = true;
  await until(db, (now) => now.delivered === 1 && now.exceptions === 0);
  await dispatcher.stop();
  expect(receiver.calls).toHaveLength(2);
});

test("another's document under our reference parks the item, whoever says so", async () => {
  await sell(db, [sale("asked"), sale("sent")]);
  const foreign = { kind: "foreign" as const, detail: "order 7 bears it" };
  const receiver = fakeReceiver(() => foreign, {
    ...forgetful,
    lookUp: (item) => (item.naturalKey.endsWith("asked") ? foreign : undefined),
  });
  const dispatcher = startDispatcher(db, lineTo(receiver, { retry }));
  await until(db, (now) => now.exceptions === 2);
  await dispatcher.stop();
  expect(receiver.calls.map((item) => item.naturalKey)).toEqual(["9/31/2026-11-20/sent"]);
  expect(await listDeliveries(db, { state: "parked", after: 0, limit: 5 })).toMatchObject([
    { code: "delivery.foreign", detail: "order 7 bears it", nextAtMs: null },
    { code: "delivery.foreign" },
  ]);
});

test("without look-up, a lookup-first receiver's unanswered item waits for a person", async () => {
  await sell(db, [sale("1")]);
  const receiver = fakeReceiver(() => uncertain, { repeatability: lookupFirst });
  const dispatcher = startDispatcher(db, lineTo(receiver, { retry }));
  await until(db, (now) => now.exceptions === 1);
  await systemPorts.sleep(100);
  await dispatcher.stop();
  expect(receiver.calls).toHaveLength(1);
  expect(await listDeliveries(db, { after: 0, limit: 5 })).toMatchObject([{ state: "uncertain", nextAtMs: null }]);
});

test("a store that was offline past the vendor's window: what an earlier life had sent is found, the rest is sent", async () => {
  const nowMs = Date.now();
  await appendDrafts(db, { terminal: "till-1", receivedAtMs: nowMs - 3 * DAY_MS }, [sale("old-sent"), sale("old-new")]);
  await appendDrafts(db, { terminal: "till-1", receivedAtMs: nowMs }, [sale("fresh")]);
  await runToEnd(db);
  const receiver = fakeReceiver(() => delivered, {
    repeatability: { by: "native-key", windowMs: DAY_MS },
    dedupe: false,
    lookUp: (item) => (item.naturalKey.endsWith("old-sent") ? { kind: "found", vendorId: "theirs-1" } : undefined),
  });
  const dispatcher = startDispatcher(db, lineTo(receiver, { retry }));
  await until(db, (now) => now.delivered === 3);
  await dispatcher.stop();
  expect(sequencesOf(receiver.calls)).toEqual(["fresh", "old-new"]);
  expect(sequencesOf(receiver.asked)).toEqual(["old-new", "old-sent"]);
});

test("a crash in the middle of a batch: the next life finds what arrived and was not recorded, and doubles nothing", async () => {
  const drafts = mixedKeys(10, 2);
  await sell(db, drafts);
  const receiver = fakeReceiver(async () => {
    await systemPorts.sleep(5);
    return delivered;
  }, forgetful);
  const doomed = startDispatcher(db, lineTo(receiver, { retry }));
  while (receiver.calls.length < 12) await systemPorts.sleep(1);
  doomed.kill();
  // What was under way has its effect, and nobody records it.
  while (receiver.outNow() > 0) await systemPorts.sleep(1);
  const dispatcher = startDispatcher(db, lineTo(receiver, { retry }));
  await until(db, (now) => now.delivered === drafts.length && now.exceptions === 0);
  await dispatcher.stop();
  expect(receiver.effects.size).toBe(drafts.length);
  expect(receiver.doubled()).toEqual([]);
});
