import { afterEach, beforeEach, expect, test } from "vitest";
import type { LookUpResult, Repeatability } from "../connectors/connector.ts";
import type { Database } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { openTestDatabase } from "../db/testing/open-test-database.ts";
import { systemPorts, type BackgroundPorts } from "../subscribers/ports.ts";
import { addTerminal } from "../transactions/testing/append-drafts.ts";
import { deadlineIn, isPast, timeLeft } from "./deadline.ts";
import { listDeliveries } from "./deliveries.ts";
import { delivered, fakeReceiver, honest } from "./testing/fake-receiver.ts";
import { addErp, lineTo, quickRetry, startDispatcher, until } from "./testing/run-dispatcher.ts";
import { sale, sell } from "./testing/sell.ts";

let db: Database;
beforeEach(async () => {
  db = await openTestDatabase();
  await addTerminal(db, "till-1");
  await addErp(db);
});
afterEach(() => db.close());

const retry = { ...quickRetry, settleMs: 40 };
const repeatability: Repeatability = { by: "lookup-first" };

/** Clocks that a test moves. */
function movedPorts(): BackgroundPorts & { move(ms: number): void } {
  let ms = 0;
  return {
    ...systemPorts,
    nowMs: () => Date.now() + ms,
    steadyMs: () => performance.now() + ms,
    move: (by) => {
      ms += by;
    },
  };
}

/** One process stops in the middle of a send, between question and sending; another takes over; then the first goes on. */
async function freezeAndTakeOver(fencing: boolean): Promise<string[]> {
  await sell(db, [sale("1")]);
  const thawed = Promise.withResolvers<void>();
  const lookUp = async (_: object, time: number): Promise<LookUpResult | undefined> => {
    if (time > 1) return undefined;
    await thawed.promise;
    return { kind: "absent" };
  };
  const receiver = fakeReceiver(() => delivered, { repeatability, dedupe: false, lookUp });
  const ports = movedPorts();
  const frozen = startDispatcher(db, lineTo(receiver, { retry }), { owner: "one", ports, fencing });
  while (receiver.asked.length === 0) await systemPorts.sleep(1);
  frozen.freeze();
  // What the database does by its own clock, a lease later.
  await db.query(sql`UPDATE subscriber_cursor SET lease_until_ms = 0 WHERE subscriber = 'destination:erp'`);
  const other = startDispatcher(db, lineTo(receiver, { retry }), { owner: "two" });
  await until(db, (now) => now.delivered === 1);
  ports.move(60_000);
  thawed.resolve();
  await systemPorts.sleep(20);
  frozen.thaw();
  await Promise.all([frozen.stop(), other.stop()]);
  return receiver.doubled();
}

test("a process that was frozen over its lease sends nothing more: the other one's effect stays the only one", async () => {
  expect(await freezeAndTakeOver(true)).toEqual([]);
});

test("negative control: without fencing the frozen process sends what the other one has sent", async () => {
  expect(await freezeAndTakeOver(false)).toHaveLength(1);
});

test.each([
  [true, 1],
  [false, 2],
])("with fencing %s, a lease that cannot be renewed lets %i of two sends start", async (fencing, sends) => {
  await sell(db, [sale("1"), sale("2")]);
  const answer = Promise.withResolvers<void>();
  const receiver = fakeReceiver(async () => {
    await answer.promise;
    return delivered;
  });
  const ports = movedPorts();
  const dispatcher = startDispatcher(db, lineTo(receiver, { concurrency: 1 }), { ports, fencing });
  while (receiver.calls.length === 0) await systemPorts.sleep(1);
  dispatcher.freeze();
  ports.move(60_000);
  answer.resolve();
  await systemPorts.sleep(20);
  expect(receiver.calls).toHaveLength(sends);
  dispatcher.thaw();
  await until(db, (now) => now.delivered === 2);
  await dispatcher.stop();
});

test("whoever takes over waits until what the former holder sent has settled, where a repeat would count twice", async () => {
  await sell(db, [sale("1")]);
  const late = Promise.withResolvers<void>();
  const receiver = fakeReceiver(
    (_, attempt) => (attempt === 1 ? { late: late.promise, result: { kind: "uncertain", detail: "cut" } } : delivered),
    { repeatability, dedupe: false, lookUp: honest },
  );
  const doomed = startDispatcher(db, lineTo(receiver, { retry }), { owner: "one" });
  while (receiver.calls.length === 0) await systemPorts.sleep(1);
  doomed.kill();
  await db.query(sql`UPDATE subscriber_cursor SET lease_until_ms = 0 WHERE subscriber = 'destination:erp'`);
  const other = startDispatcher(db, lineTo(receiver, { retry: { ...retry, settleMs: 400 } }), { owner: "two" });
  await systemPorts.sleep(150);
  late.resolve();
  await until(db, (now) => now.delivered === 1);
  await other.stop();
  expect(receiver.calls).toHaveLength(1);
  expect(receiver.doubled()).toEqual([]);
});

test("a connector that does not come back loses its say after its time; the item is uncertain", async () => {
  await sell(db, [sale("1")]);
  const never = Promise.withResolvers<void>();
  const receiver = fakeReceiver(async () => {
    await never.promise;
    return delivered;
  });
  const ports = movedPorts();
  const line = lineTo(receiver, { retry: { ...quickRetry, baseMs: 60_000, capMs: 60_000 } });
  const dispatcher = startDispatcher(db, line, { ports });
  while (receiver.calls.length === 0) await systemPorts.sleep(1);
  ports.move(60_000);
  await until(db, (now) => now.exceptions === 1);
  expect(await listDeliveries(db, { after: 0, limit: 1 })).toMatchObject([
    { state: "uncertain", code: "delivery.uncertain", detail: "the connector did not end in time" },
  ]);
  never.resolve();
  await dispatcher.stop();
});

test("what is left of a deadline goes by the clock that says less: neither a set nor a sleeping clock makes it longer", () => {
  const clock = { wall: 1_000, steady: 5 };
  const clocks = { nowMs: () => clock.wall, steadyMs: () => clock.steady };
  const deadline = deadlineIn(clocks, 100);
  expect(timeLeft(clocks, deadline)).toBe(100);
  clock.wall -= 3_600_000;
  clock.steady += 60;
  expect(timeLeft(clocks, deadline)).toBe(40);
  clock.wall += 3_600_000 + 200;
  expect(timeLeft(clocks, deadline)).toBe(-100);
  // It is over for sure only when both clocks say so.
  expect(isPast(clocks, deadline, 99)).toBe(false);
  clock.steady += 140;
  expect([isPast(clocks, deadline, 99), isPast(clocks, deadline, 100)]).toEqual([true, false]);
});
