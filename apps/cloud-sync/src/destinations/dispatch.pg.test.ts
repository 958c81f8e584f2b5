import * as fc from "fast-check";
import { ERROR_CODES, TillsyncError } from "@tillsync/sync-protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { DeliveryItem } from "../connectors/connector.ts";
import type { Database } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { openTestDatabase } from "../db/testing/open-test-database.ts";
import { systemPorts } from "../subscribers/ports.ts";
import { addTerminal } from "../transactions/testing/append-drafts.ts";
import { makeSale, transactionDraft } from "../transactions/testing/make-transaction.ts";
import { listDeliveries, retryDelivery, skipDelivery } from "./deliveries.ts";
import { readDestinationState, setDestinationState } from "./destination.ts";
import { DESTINATIONS_TOPIC } from "./destination-name.ts";
import { destinationsStatus } from "./status.ts";
import { delivered, fakeReceiver, theirs } from "./testing/fake-receiver.ts";
import { addErp, lineTo, startDispatcher, until } from "./testing/run-dispatcher.ts";
import { keysOutOfOrder, mixedKeys, sell } from "./testing/sell.ts";

let db: Database;
beforeEach(async () => {
  db = await openTestDatabase();
  await addTerminal(db, "till-1");
});
afterEach(() => db.close());

test("delivers what the destination wants, in order, and counts the rest away", async () => {
  await addErp(db);
  await sell(db, [
    transactionDraft(makeSale({ sequence: "1", grand: "100" })),
    transactionDraft(makeSale({ sequence: "2", grand: "100", trainingMode: true })),
    transactionDraft(makeSale({ sequence: "3", grand: "100" })),
    transactionDraft(makeSale({ sequence: "3", grand: "200", status: "cancelled" }), 2),
    transactionDraft(makeSale({ sequence: "3", grand: "300", status: "cancelled" }), 3),
  ]);
  const receiver = fakeReceiver(() => delivered);
  const dispatcher = startDispatcher(db, lineTo(receiver));
  await until(db, (now) => now.delivered === 3 && now.cursor === 5);
  await dispatcher.stop();
  // The cancelled revision goes out since the sale it replaces did; the one after it changes nothing for the receiver.
  expect(receiver.calls.map((item) => [item.naturalKey.split("/")[3], item.revision])).toEqual([
    ["1", 1],
    ["3", 1],
    ["3", 2],
  ]);
  expect(await destinationsStatus(db, 2_000)).toMatchObject([
    {
      name: "erp",
      key: "erp",
      kind: "webhook",
      state: "active",
      delivered: 3,
      skipped: 0,
      pending: 0,
      retrying: 0,
      uncertain: 0,
      parked: 0,
      held: 0,
      heldFor: { mapping: 0, cause: 0 },
      oldestPendingAgeMs: null,
      oldest: null,
    },
  ]);
});

test("property: whatever fails, crashes or answers late, each key keeps its order and each item has one effect", async () => {
  const drafts = mixedKeys(12, 4);
  await sell(db, drafts);
  await addErp(db);
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.integer({ min: 0, max: 99 })), fc.integer({ min: 0, max: 3 }), async (dice, crashes) => {
      await db.script("DELETE FROM receipt; DELETE FROM delivery; DELETE FROM subscriber_cursor WHERE subscriber = 'destination:erp'");
      const receiver = fakeReceiver(async () => {
        const roll = dice.next().value;
        if (roll % 3 === 0) await systemPorts.sleep(roll % 5);
        if (roll < 20) return theirs;
        if (roll < 30) return { after: true as const, result: { kind: "uncertain" as const, detail: "cut" } };
        if (roll < 35) return { kind: "theirs" as const, detail: "status 429", retryAfterMs: 5, slowDown: true as const };
        return delivered;
      });
      for (let crash = 0; crash < crashes; crash++) {
        const doomed = startDispatcher(db, lineTo(receiver));
        await systemPorts.sleep(30 + crash * 60);
        doomed.kill();
      }
      const dispatcher = startDispatcher(db, lineTo(receiver));
      await until(db, (now) => now.delivered === drafts.length && now.exceptions === 0 && now.cursor === drafts.length);
      await dispatcher.stop();
      expect(keysOutOfOrder(receiver)).toEqual([]);
      expect(receiver.effects.size).toBe(drafts.length);
    }),
    { numRuns: 8 },
  );
}, 120_000);

test("negative control: without key order, the check of order notices", async () => {
  const drafts = mixedKeys(6, 8);
  await sell(db, drafts);
  await addErp(db);
  const receiver = fakeReceiver(async (item) => {
    await systemPorts.sleep((item.tpos * 7) % 13);
    return delivered;
  });
  const dispatcher = startDispatcher(db, lineTo(receiver), { keyOrder: false });
  await until(db, (now) => now.delivered === drafts.length);
  await dispatcher.stop();
  expect(keysOutOfOrder(receiver).length).toBeGreaterThan(0);
  expect(receiver.keyOverlaps()).toBeGreaterThan(0);
});

test("one item of a key at a time, many keys at once", async () => {
  const drafts = mixedKeys(20, 3);
  await sell(db, drafts);
  await addErp(db);
  const receiver = fakeReceiver(async () => {
    await systemPorts.sleep(3);
    return delivered;
  });
  const dispatcher = startDispatcher(db, lineTo(receiver, { concurrency: 8 }));
  await until(db, (now) => now.delivered === drafts.length);
  await dispatcher.stop();
  expect(receiver.keyOverlaps()).toBe(0);
  expect(receiver.outMax()).toBe(8);
});

test("a killed dispatcher repeats what it had not recorded, under the same identities, and nothing else", async () => {
  const drafts = mixedKeys(30, 1);
  await sell(db, drafts);
  await addErp(db);
  const receiver = fakeReceiver(() => delivered);
  const doomed = startDispatcher(db, lineTo(receiver));
  while (receiver.calls.length < 30) await systemPorts.sleep(1);
  doomed.kill();
  const before = receiver.calls.length;
  const dispatcher = startDispatcher(db, lineTo(receiver));
  await until(db, (now) => now.delivered === 30);
  await dispatcher.stop();
  expect(receiver.effects.size).toBe(30);
  // Negative control: a receiver that does not tell repeats by identity has them twice.
  expect(receiver.calls.length).toBeGreaterThan(before);
  // Recorded now: a third life sends nothing.
  const third = startDispatcher(db, lineTo(receiver));
  const calls = receiver.calls.length;
  await systemPorts.sleep(100);
  await third.stop();
  expect(receiver.calls.length).toBe(calls);
});

test("a database that fails for a while costs no repeat: what was sent stays known until it can be recorded", async () => {
  await sell(db, mixedKeys(40, 1));
  await addErp(db);
  const receiver = fakeReceiver(() => delivered);
  let failures = 3;
  const flaky: Database = {
    ...db,
    transaction: (work) => (failures-- > 0 ? Promise.reject(new TillsyncError("db.unavailable")) : db.transaction(work)),
  };
  const dispatcher = startDispatcher(flaky, lineTo(receiver));
  await until(db, (now) => now.delivered === 40);
  await dispatcher.stop();
  expect(failures).toBeLessThan(0);
  expect(receiver.calls).toHaveLength(40);
});

test("a poison item parks its own key, in order; other keys go on; after a retry the key follows in order", async () => {
  const drafts = mixedKeys(5, 3);
  await sell(db, drafts);
  await addErp(db);
  let fixed = false;
  const isPoison = (item: DeliveryItem) => item.naturalKey.endsWith("/k2");
  const receiver = fakeReceiver((item) => (isPoison(item) && !fixed ? { kind: "rejected", detail: "status 422" } : delivered));
  const dispatcher = startDispatcher(db, lineTo(receiver));
  await until(db, (now) => now.delivered === 12 && now.exceptions === 3 && now.cursor === 15);
  expect(await listDeliveries(db, { after: 0, limit: 10 })).toMatchObject([
    { state: "parked", naturalKey: "9/31/2026-11-20/k2", code: "delivery.rejected", detail: "status 422", attempts: 1, nextAtMs: null },
    { state: "held", naturalKey: "9/31/2026-11-20/k2-r1" },
    { state: "held", naturalKey: "9/31/2026-11-20/k2-r2" },
  ]);
  expect(await destinationsStatus(db)).toMatchObject([{ delivered: 12, parked: 1, held: 2, pending: 0 }]);
  const [parked, held] = await listDeliveries(db, { after: 0, limit: 10 });
  await expect(retryDelivery(db, held!.id, "ann", 1)).rejects.toMatchObject({ code: "delivery.held" });
  await expect(skipDelivery(db, held!.id, "ann", "no", 1)).rejects.toMatchObject({ code: "delivery.held" });
  await expect(retryDelivery(db, 9_999, "ann", 1)).rejects.toMatchObject({ code: "delivery.unknown" });
  fixed = true;
  await retryDelivery(db, parked!.id, "ann", Date.now());
  dispatcher.wake.notify(DESTINATIONS_TOPIC);
  await until(db, (now) => now.delivered === 15 && now.exceptions === 0);
  await dispatcher.stop();
  expect(keysOutOfOrder(receiver)).toEqual([]);
  expect(await db.query(sql`SELECT action, who, state_before, code_before FROM delivery_audit`)).toEqual([
    { action: "retry", who: "ann", state_before: "parked", code_before: "delivery.rejected" },
  ]);
});

test("a skipped item is on record, and frees the next of its key, also while new ones arrive", async () => {
  await sell(db, mixedKeys(2, 2));
  await addErp(db);
  const receiver = fakeReceiver((item) => (item.naturalKey.endsWith("/k1") ? { kind: "rejected", detail: "status 400" } : delivered));
  const dispatcher = startDispatcher(db, lineTo(receiver));
  await until(db, (now) => now.delivered === 2 && now.exceptions === 2);
  const [parked] = await listDeliveries(db, { state: "parked", after: 0, limit: 1 });
  await skipDelivery(db, parked!.id, "bob", "entered by hand", 5);
  const returnOf = { store: "9", workstation: "31", businessDay: "2026-11-20", sequence: "k1" };
  await sell(db, [transactionDraft(makeSale({ sequence: "late", grand: "-5", returnOf }))]);
  await until(db, (now) => now.delivered === 4 && now.exceptions === 0 && now.cursor === 5);
  await dispatcher.stop();
  expect(receiver.firstSeen.get("9/31/2026-11-20/k1")).toEqual([4, 5]);
  expect(await destinationsStatus(db)).toMatchObject([{ delivered: 4, skipped: 1, pending: 0 }]);
  expect(await db.query(sql`SELECT action, reason FROM delivery_audit`)).toEqual([{ action: "skip", reason: "entered by hand" }]);
});

test("a set-up error stops the cursor with one alert, keeps everything, and ends by itself when it is corrected", async () => {
  await sell(db, mixedKeys(10, 1));
  await addErp(db);
  let corrected = false;
  const receiver = fakeReceiver(() => (corrected ? delivered : { kind: "set-up", detail: "status 401" }));
  const dispatcher = startDispatcher(db, lineTo(receiver, { retry: { ...quick, probeMs: 60 } }));
  for (let i = 0; i < 400 && (await readDestinationState(db, "erp")).state !== "set-up"; i++) await systemPorts.sleep(5);
  expect(await readDestinationState(db, "erp")).toMatchObject({ state: "set-up", reason: "status 401 (delivery.set-up)" });
  expect(ERROR_CODES["delivery.set-up"].retry).toBe("after-fix");
  await systemPorts.sleep(150);
  expect(await destinationsStatus(db)).toMatchObject([{ state: "set-up", delivered: 0, pending: 10, parked: 0, retrying: 0 }]);
  expect(dispatcher.log.lines.filter((line) => line.level === "error")).toHaveLength(1);
  const tries = receiver.calls.length;
  expect(tries).toBeLessThan(30);
  corrected = true;
  await until(db, (now) => now.delivered === 10);
  await dispatcher.stop();
  expect(await readDestinationState(db, "erp")).toMatchObject({ state: "active", reason: undefined });
});
const quick = { baseMs: 10, capMs: 40, breakerCapMs: 20, maxAttempts: 50 };

test("resume opens a destination at once that stands still for its set-up", async () => {
  await sell(db, mixedKeys(3, 1));
  await addErp(db);
  let corrected = false;
  const receiver = fakeReceiver(() => (corrected ? delivered : { kind: "set-up", detail: "status 404" }));
  const dispatcher = startDispatcher(db, lineTo(receiver, { retry: { ...quick, probeMs: 3_600_000 } }));
  for (let i = 0; i < 400 && (await readDestinationState(db, "erp")).state !== "set-up"; i++) await systemPorts.sleep(5);
  corrected = true;
  await setDestinationState(db, "erp", { state: "active" }, 1);
  dispatcher.wake.notify(DESTINATIONS_TOPIC);
  await until(db, (now) => now.delivered === 3);
  await dispatcher.stop();
});

test("a pause stops sending and keeps everything; a resume goes on where it stopped", async () => {
  await addErp(db);
  await setDestinationState(db, "erp", { state: "paused" }, 1);
  await sell(db, mixedKeys(5, 1));
  const receiver = fakeReceiver(() => delivered);
  const dispatcher = startDispatcher(db, lineTo(receiver));
  await systemPorts.sleep(150);
  expect(receiver.calls).toHaveLength(0);
  expect(await destinationsStatus(db)).toMatchObject([{ state: "paused", pending: 5 }]);
  await setDestinationState(db, "erp", { state: "active" }, 2);
  dispatcher.wake.notify(DESTINATIONS_TOPIC);
  await until(db, (now) => now.delivered === 5);
  await dispatcher.stop();
});

test("a destination that is down is left alone: the breaker keeps the backlog a cursor, not rows", async () => {
  await sell(db, mixedKeys(200, 1));
  await addErp(db);
  let up = false;
  const receiver = fakeReceiver(() => (up ? delivered : theirs));
  const dispatcher = startDispatcher(db, lineTo(receiver, { retry: { ...quick, breakerCapMs: 200 } }));
  await systemPorts.sleep(1_000);
  const [status] = await destinationsStatus(db);
  expect(status!.retrying).toBeLessThanOrEqual(30);
  expect(status!.pending + status!.retrying).toBe(200);
  expect(receiver.calls.length).toBeLessThan(60);
  up = true;
  await until(db, (now) => now.delivered === 200 && now.exceptions === 0);
  await dispatcher.stop();
});

test("an item that fails again and again while others succeed is parked as exhausted", async () => {
  await sell(db, mixedKeys(4, 1));
  await addErp(db);
  const receiver = fakeReceiver((item) => (item.naturalKey.endsWith("/k0") ? { kind: "uncertain", detail: "no answer" } : delivered));
  const dispatcher = startDispatcher(db, lineTo(receiver, { retry: { ...quick, maxAttempts: 3 } }));
  for (let i = 0; i < 800 && (await listDeliveries(db, { state: "parked", after: 0, limit: 1 })).length === 0; i++)
    await systemPorts.sleep(5);
  await dispatcher.stop();
  expect(await listDeliveries(db, { after: 0, limit: 5 })).toMatchObject([{ state: "parked", code: "delivery.exhausted", attempts: 3 }]);
  expect(receiver.attempts.get([...receiver.attempts.keys()][0]!)).toBe(3);
});

test("a destination that refuses everything stands still before it has parked everything", async () => {
  await sell(db, mixedKeys(60, 1));
  await addErp(db);
  const receiver = fakeReceiver(() => ({ kind: "rejected", detail: "status 400" }));
  const dispatcher = startDispatcher(db, lineTo(receiver, { concurrency: 1, retry: { ...quick, parkedMax: 10, probeMs: 3_600_000 } }));
  for (let i = 0; i < 800 && (await readDestinationState(db, "erp")).state !== "set-up"; i++) await systemPorts.sleep(5);
  expect(await readDestinationState(db, "erp")).toMatchObject({
    state: "set-up",
    reason: expect.stringContaining("destination.parked-limit"),
  });
  await dispatcher.stop();
});

test("a second process does not work a shard that is held, and takes it over when it is free", async () => {
  await sell(db, mixedKeys(3, 1));
  await addErp(db);
  const [first, second] = [fakeReceiver(() => delivered), fakeReceiver(() => delivered)];
  const holder = startDispatcher(db, lineTo(first), { owner: "one" });
  await until(db, (now) => now.delivered === 3);
  const other = startDispatcher(db, lineTo(second), { owner: "two" });
  await systemPorts.sleep(50);
  expect(second.calls).toHaveLength(0);
  await holder.stop();
  await db.query(sql`UPDATE subscriber_cursor SET fence = fence + 5 WHERE subscriber = 'destination:erp'`);
  await sell(db, [transactionDraft(makeSale({ sequence: "later" }))]);
  await until(db, (now) => now.delivered === 4);
  await other.stop();
  expect(second.calls).toHaveLength(1);
});
