import { afterEach, beforeEach, expect, test } from "vitest";
import type { Database } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { openTestDatabase } from "../db/testing/open-test-database.ts";
import { systemPorts } from "../subscribers/ports.ts";
import { addTerminal } from "../transactions/testing/append-drafts.ts";
import { makeSale, transactionDraft } from "../transactions/testing/make-transaction.ts";
import { listDeliveries, retryDelivery } from "./deliveries.ts";
import { DESTINATIONS_TOPIC } from "./destination-name.ts";
import { REPLAY_RATE_MAX, startReplay } from "./replay.ts";
import { delivered, fakeReceiver, honest, theirs, uncertain, type FakeReceiver } from "./testing/fake-receiver.ts";
import { addErp, lineTo, quickRetry, startDispatcher, until } from "./testing/run-dispatcher.ts";
import { keyOf, keysOutOfOrder, mixedKeys, returnOf, sale, sell } from "./testing/sell.ts";

let db: Database;
beforeEach(async () => {
  db = await openTestDatabase();
  await addTerminal(db, "till-1");
  await addErp(db);
});
afterEach(() => db.close());

const range = { destination: "erp", from: "2026-11-20", to: "2026-11-20" };
const replayed = (receiver: FakeReceiver): string[] =>
  receiver.calls.filter((item) => item.replay).map((item) => item.naturalKey.split("/")[3] ?? "");

async function untilReplaysDone(count: number): Promise<void> {
  for (let i = 0; i < 2_000; i++) {
    const rows = await db.query(sql`SELECT id FROM replay WHERE state = 'done'`);
    if (rows.length >= count) return;
    await systemPorts.sleep(5);
  }
  throw new Error(`replays are not done: ${JSON.stringify(await db.query(sql`SELECT * FROM replay_cursor`))}`);
}

test("a replay goes by ordering key, by type and by both; several run side by side", async () => {
  await sell(db, [
    ...mixedKeys(3, 2),
    transactionDraft(makeSale({ sequence: "order-1", transactionType: "CustomerOrder" })),
    transactionDraft(makeSale({ sequence: "elsewhen", businessDay: "2026-11-21" })),
  ]);
  const receiver = fakeReceiver(() => delivered);
  const dispatcher = startDispatcher(db, lineTo(receiver, { include: ["sales", "orders"] }));
  await until(db, (now) => now.delivered === 8);
  await startReplay(db, { ...range, orderingKey: keyOf("k1") }, 1);
  dispatcher.wake.notify(DESTINATIONS_TOPIC);
  await untilReplaysDone(1);
  expect(replayed(receiver)).toEqual(["k1", "k1-r1"]);
  await startReplay(db, { ...range, type: "CustomerOrder" }, 1);
  await startReplay(db, { ...range, type: "RetailTransaction", orderingKey: keyOf("k2") }, 1);
  dispatcher.wake.notify(DESTINATIONS_TOPIC);
  await untilReplaysDone(3);
  await dispatcher.stop();
  expect(replayed(receiver).slice(2).toSorted()).toEqual(["k2", "k2-r1", "order-1"]);
  expect(await db.query(sql`SELECT sent, parked FROM replay ORDER BY id`)).toEqual([
    { sent: 2, parked: 0 },
    { sent: 1, parked: 0 },
    { sent: 2, parked: 0 },
  ]);
});

test.each([
  [{ type: "Fax" }, "--type"],
  [{ rate: 0 }, "--rate"],
  [{ rate: REPLAY_RATE_MAX + 1 }, "--rate"],
  [{ rate: 1.5 }, "--rate"],
])("a replay with %o is refused", async (extra, about) => {
  await expect(startReplay(db, { ...range, ...extra }, 1)).rejects.toMatchObject({
    code: "usage.invalid",
    detail: expect.stringContaining(about),
  });
});

test("a replay asks first: what the receiver still has is not sent, what it lost is, and known by its new id from then on", async () => {
  await sell(db, mixedKeys(4, 2));
  const receiver = fakeReceiver((item) => ({ kind: "delivered", vendorId: `${item.replay ? "again" : "first"}-${item.tpos}` }), {
    dedupe: false,
    repeatability: { by: "native-key", windowMs: 86_400_000 },
    lookUp: honest,
  });
  const dispatcher = startDispatcher(db, lineTo(receiver));
  await until(db, (now) => now.delivered === 8);
  const lost = receiver.calls.find((item) => item.naturalKey === keyOf("k2"))!;
  receiver.effects.delete(lost.identity);
  const before = receiver.asked.length;
  await startReplay(db, range, 1);
  dispatcher.wake.notify(DESTINATIONS_TOPIC);
  await untilReplaysDone(1);
  await dispatcher.stop();
  expect(receiver.asked.length - before).toBe(8);
  expect(replayed(receiver)).toEqual(["k2"]);
  expect(receiver.doubled()).toEqual([]);
  const ids = await db.query<{ tpos: number; vendor_id: string }>(sql`SELECT tpos, vendor_id FROM receipt ORDER BY tpos`);
  expect(ids[lost.tpos - 1]).toMatchObject({ vendor_id: `again-${lost.tpos}` });
});

test("a receiver that cannot be asked and would count twice is replayed nothing; a person sees why", async () => {
  await sell(db, [sale("1")]);
  const receiver = fakeReceiver(() => delivered, { repeatability: { by: "lookup-first" }, dedupe: false });
  const dispatcher = startDispatcher(db, lineTo(receiver));
  await until(db, (now) => now.delivered === 1);
  await startReplay(db, range, 1);
  dispatcher.wake.notify(DESTINATIONS_TOPIC);
  await untilReplaysDone(1);
  await dispatcher.stop();
  expect(receiver.calls).toHaveLength(1);
  expect(await listDeliveries(db, { after: 0, limit: 2 })).toMatchObject([
    { state: "parked", code: "delivery.rejected", detail: expect.stringContaining("cannot be asked") },
  ]);
});

test("a key is never out in a replay and in the live run at once, and the live run keeps its order beside it", async () => {
  await sell(db, mixedKeys(6, 3));
  const receiver = fakeReceiver(async () => {
    await systemPorts.sleep(2);
    return delivered;
  });
  const dispatcher = startDispatcher(db, lineTo(receiver, { concurrency: 4 }));
  await until(db, (now) => now.delivered === 18);
  await startReplay(db, { ...range, rate: 1_000 }, 1);
  await startReplay(db, { ...range, rate: 1_000 }, 1);
  await sell(
    db,
    [1, 2, 3, 4].flatMap((round) => Array.from({ length: 6 }, (_, key) => returnOf(`k${key}-n${round}`, `k${key}`))),
  );
  dispatcher.wake.notify(DESTINATIONS_TOPIC);
  dispatcher.wake.notify("transactions:main");
  await untilReplaysDone(2);
  await until(db, (now) => now.delivered === 42);
  await dispatcher.stop();
  expect(replayed(receiver)).toHaveLength(36);
  expect(receiver.keyOverlaps()).toBe(0);
  expect(receiver.outMax()).toBeLessThanOrEqual(4);
  expect(keysOutOfOrder(receiver)).toEqual([]);
});

test("a replay keeps to its rate", async () => {
  await sell(db, mixedKeys(12, 1));
  const receiver = fakeReceiver(() => delivered);
  const dispatcher = startDispatcher(db, lineTo(receiver));
  await until(db, (now) => now.delivered === 12);
  await startReplay(db, { ...range, rate: 25 }, 1);
  const start = performance.now();
  dispatcher.wake.notify(DESTINATIONS_TOPIC);
  await untilReplaysDone(1);
  await dispatcher.stop();
  expect(performance.now() - start).toBeGreaterThanOrEqual(11 * 40 - 20);
});

test("what fails in a replay is tried in place, then parked beside the live run; a person's retry brings it home", async () => {
  await sell(db, [sale("flaky"), sale("bad"), sale("down")]);
  let fixed = false;
  const receiver = fakeReceiver((item, attempt) => {
    if (!item.replay || fixed) return delivered;
    if (item.naturalKey.endsWith("/bad")) return { kind: "rejected", detail: "status 422" };
    if (item.naturalKey.endsWith("/down")) return theirs;
    return attempt < 4 ? uncertain : delivered;
  });
  const dispatcher = startDispatcher(db, lineTo(receiver, { retry: { ...quickRetry, breakerFailures: 100 } }));
  await until(db, (now) => now.delivered === 3);
  await startReplay(db, range, 1);
  dispatcher.wake.notify(DESTINATIONS_TOPIC);
  await untilReplaysDone(1);
  const rows = await listDeliveries(db, { after: 0, limit: 5 });
  expect(rows).toMatchObject([
    { state: "parked", replay: 1, code: "delivery.rejected", attempts: 1 },
    { state: "parked", replay: 1, code: "delivery.exhausted", attempts: 6 },
  ]);
  expect(await db.query(sql`SELECT sent, parked FROM replay`)).toEqual([{ sent: 1, parked: 2 }]);
  fixed = true;
  for (const row of rows) await retryDelivery(db, row.id, "ann", Date.now());
  dispatcher.wake.notify(DESTINATIONS_TOPIC);
  await until(db, (now) => now.exceptions === 0);
  await dispatcher.stop();
});

test("a replay that is interrupted goes on where it was recorded, and sends what has arrived alone", async () => {
  await sell(db, mixedKeys(30, 1));
  let bad = true;
  const receiver = fakeReceiver((item) => (bad && item.naturalKey.endsWith("/k7") ? { kind: "rejected", detail: "422" } : delivered));
  const first = startDispatcher(db, lineTo(receiver));
  await until(db, (now) => now.delivered === 29 && now.exceptions === 1 && now.cursor === 30);
  await startReplay(db, { ...range, rate: 100 }, 1);
  first.wake.notify(DESTINATIONS_TOPIC);
  while (replayed(receiver).length < 10) await systemPorts.sleep(1);
  await first.stop();
  bad = false;
  const sent = replayed(receiver).length;
  const second = startDispatcher(db, lineTo(receiver));
  await untilReplaysDone(1);
  await second.stop();
  expect(replayed(receiver)).toHaveLength(29);
  expect(sent).toBeLessThan(29);
  expect(new Set(replayed(receiver)).has("k7")).toBe(false);
});

test("a replay of a destination that is down waits before its gate, and lets it through when it is back", async () => {
  await sell(db, mixedKeys(20, 1));
  let up = true;
  const receiver = fakeReceiver(() => (up ? delivered : theirs));
  const dispatcher = startDispatcher(db, lineTo(receiver, { retry: { ...quickRetry, breakerFailures: 3 } }));
  await until(db, (now) => now.delivered === 20);
  up = false;
  await startReplay(db, { ...range, rate: 1_000 }, 1);
  dispatcher.wake.notify(DESTINATIONS_TOPIC);
  await systemPorts.sleep(600);
  expect(await listDeliveries(db, { after: 0, limit: 5 })).toEqual([]);
  up = true;
  await untilReplaysDone(1);
  await dispatcher.stop();
  expect(await db.query(sql`SELECT sent, parked FROM replay`)).toEqual([{ sent: 20, parked: 0 }]);
});

test("a stop does not wait for a replayed item that takes long; it is sent again by the next life", async () => {
  await sell(db, [sale("1"), sale("slow")]);
  const never = Promise.withResolvers<void>();
  let slow = true;
  const receiver = fakeReceiver(async (item) => {
    if (slow && item.replay && item.naturalKey.endsWith("/slow")) await never.promise;
    return delivered;
  });
  const first = startDispatcher(db, lineTo(receiver));
  await until(db, (now) => now.delivered === 2);
  await startReplay(db, range, 1);
  first.wake.notify(DESTINATIONS_TOPIC);
  while (replayed(receiver).length < 2) await systemPorts.sleep(1);
  await first.stop();
  slow = false;
  const second = startDispatcher(db, lineTo(receiver));
  await untilReplaysDone(1);
  await second.stop();
  never.resolve();
  expect(replayed(receiver)).toEqual(["1", "slow", "slow"]);
  expect(await db.query(sql`SELECT sent, parked FROM replay`)).toEqual([{ sent: 2, parked: 0 }]);
});
