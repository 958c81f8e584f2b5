import { afterEach, beforeEach, expect, test } from "vitest";
import type { Database } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { openTestDatabase } from "../db/testing/open-test-database.ts";
import { systemPorts } from "../subscribers/ports.ts";
import { addTerminal } from "../transactions/testing/append-drafts.ts";
import { listDeliveries, retryDelivery, skipDelivery } from "./deliveries.ts";
import { DESTINATIONS_TOPIC } from "./destination-name.ts";
import { retryMapped } from "./retry-mapped.ts";
import { destinationsStatus } from "./status.ts";
import { delivered, fakeReceiver, theirs, type FakeReceiver } from "./testing/fake-receiver.ts";
import { addErp, lineTo, quickRetry, startDispatcher, until } from "./testing/run-dispatcher.ts";
import { keyOf, keysOutOfOrder, mixedKeys, returnOf, sale, sell, voidOf } from "./testing/sell.ts";

let db: Database;
beforeEach(async () => {
  db = await openTestDatabase();
  await addTerminal(db, "till-1");
  await addErp(db);
});
afterEach(() => db.close());

const needsCause = { needsCause: true };
const taken = (receiver: FakeReceiver): string[] => receiver.calls.map((item) => item.naturalKey.split("/")[3] ?? "");
const rowOf = async (sequence: string) =>
  (await listDeliveries(db, { after: 0, limit: 100 })).find((row) => row.naturalKey === keyOf(sequence));

test("a return before its sale waits, lets the sale pass, and goes next: before what came later", async () => {
  await sell(db, [returnOf("r1", "s"), returnOf("r2", "s"), sale("other")]);
  const receiver = fakeReceiver(() => delivered, needsCause);
  const dispatcher = startDispatcher(db, lineTo(receiver));
  await until(db, (now) => now.delivered === 1 && now.exceptions === 2 && now.cursor === 3);
  expect(await rowOf("r1")).toMatchObject({ state: "held", code: "delivery.cause-missing", detail: expect.stringContaining(keyOf("s")) });
  expect(await rowOf("r2")).toMatchObject({ state: "held", code: null });
  expect(await destinationsStatus(db)).toMatchObject([{ held: 2, heldFor: { cause: 1 }, delivered: 1, pending: 0, parked: 0 }]);
  await sell(db, [returnOf("r3", "s"), sale("s"), returnOf("r4", "s"), voidOf("v", "s")]);
  dispatcher.wake.notify("transactions:main");
  await until(db, (now) => now.delivered === 7 && now.exceptions === 0 && now.cursor === 7);
  await dispatcher.stop();
  expect(taken(receiver)).toEqual(["other", "s", "r1", "r2", "r3", "r4", "v"]);
});

test("an exchange waits for every receipt that it names; each may come by another key", async () => {
  const exchange = returnOf("x", "s1");
  const lines = (exchange.body as { transaction: { lines: { returnOf: object; line: number }[] } }).transaction.lines;
  lines.push({ ...lines[0]!, line: 3, returnOf: { ...lines[0]!.returnOf, sequence: "s2" } });
  await sell(db, [exchange]);
  const receiver = fakeReceiver(() => delivered, needsCause);
  const dispatcher = startDispatcher(db, lineTo(receiver));
  await until(db, (now) => now.exceptions === 1);
  await sell(db, [sale("s1")]);
  dispatcher.wake.notify("transactions:main");
  await until(db, (now) => now.delivered === 1);
  await systemPorts.sleep(300);
  expect(await rowOf("x")).toMatchObject({ state: "held", detail: expect.stringContaining(keyOf("s2")) });
  await sell(db, [sale("s2")]);
  dispatcher.wake.notify("transactions:main");
  await until(db, (now) => now.delivered === 3 && now.exceptions === 0);
  await dispatcher.stop();
  expect(taken(receiver)).toEqual(["s1", "s2", "x"]);
});

test("a sale that fails keeps its return waiting; what the destination does not want holds up nothing", async () => {
  await sell(db, [sale("bad"), returnOf("r", "bad"), sale("training", { trainingMode: true }), returnOf("t", "training")]);
  let fixed = false;
  const receiver = fakeReceiver(
    (item) => (item.naturalKey.endsWith("/bad") && !fixed ? { kind: "rejected", detail: "422" } : delivered),
    needsCause,
  );
  const dispatcher = startDispatcher(db, lineTo(receiver));
  await until(db, (now) => now.delivered === 1 && now.exceptions === 2);
  expect(taken(receiver)).toEqual(expect.arrayContaining(["t", "bad"]));
  fixed = true;
  await retryDelivery(db, (await rowOf("bad"))!.id, "ann", Date.now());
  dispatcher.wake.notify(DESTINATIONS_TOPIC);
  await until(db, (now) => now.delivered === 3 && now.exceptions === 0);
  await dispatcher.stop();
  expect(taken(receiver).slice(-2)).toEqual(["bad", "r"]);
});

test("a return whose sale a person skipped follows: the person has settled it", async () => {
  await sell(db, [sale("bad"), returnOf("r", "bad")]);
  const receiver = fakeReceiver((item) => (item.naturalKey.endsWith("/bad") ? { kind: "rejected", detail: "422" } : delivered), needsCause);
  const dispatcher = startDispatcher(db, lineTo(receiver));
  await until(db, (now) => now.exceptions === 2);
  await skipDelivery(db, (await rowOf("bad"))!.id, "ann", "entered by hand", Date.now());
  dispatcher.wake.notify(DESTINATIONS_TOPIC);
  await until(db, (now) => now.delivered === 1 && now.exceptions === 0);
  await dispatcher.stop();
});

test("the cause arriving in another shard makes it due, without either cursor's lock", async () => {
  await db.query(sql`INSERT INTO shard (shard, next_pos) VALUES ('east', 1)`);
  await sell(db, [returnOf("r", "s")]);
  const receiver = fakeReceiver(() => delivered, needsCause);
  const dispatcher = startDispatcher(db, lineTo(receiver, { retry: { ...quickRetry, baseMs: 60_000, capMs: 60_000 } }));
  await until(db, (now) => now.exceptions === 1);
  // The sale's row stands in the other shard's log, and its receipt is written by that shard's worker.
  await sell(db, [sale("s-elsewhere")]);
  await db.query(sql`
    INSERT INTO transaction SELECT (json_populate_record(t, json_build_object('shard', 'east', 'natural_key', ${keyOf("s")}::text, 'tpos', 1))).*
    FROM transaction t WHERE natural_key = ${keyOf("s-elsewhere")}`);
  const { wakeWaiting } = await import("./causes.ts");
  await db.transaction(async (tx) => {
    await tx.query(sql`
      INSERT INTO receipt (destination, shard, tpos, identity, outcome, at_ms) VALUES ('erp', 'east', 1, 'tx_1', 'delivered', 1)`);
    expect(await wakeWaiting(tx, "erp", [keyOf("s")], Date.now())).toEqual(["main"]);
  });
  dispatcher.wake.notify(DESTINATIONS_TOPIC);
  await until(db, (now) => now.exceptions === 0);
  await dispatcher.stop();
  expect(taken(receiver)).toContain("r");
});

test("past its time it is parked with a reason, and follows by itself when the sale comes after all", async () => {
  await sell(db, [returnOf("r", "s")]);
  const receiver = fakeReceiver(() => delivered, needsCause);
  const dispatcher = startDispatcher(db, lineTo(receiver, { causes: { waitMs: 1_000 } }));
  for (let i = 0; i < 800 && (await rowOf("r"))?.state !== "parked"; i++) await systemPorts.sleep(5);
  expect(await rowOf("r")).toMatchObject({ state: "parked", code: "delivery.cause-overdue", nextAtMs: null });
  await sell(db, [sale("s")]);
  dispatcher.wake.notify("transactions:main");
  await until(db, (now) => now.delivered === 2 && now.exceptions === 0);
  await dispatcher.stop();
  expect(taken(receiver)).toEqual(["s", "r"]);
});

test("past its time it is sent without its cause where that is configured", async () => {
  await sell(db, [returnOf("r", "s")]);
  const receiver = fakeReceiver(() => delivered, needsCause);
  const dispatcher = startDispatcher(db, lineTo(receiver, { causes: { waitMs: 1_000, overdue: "send" } }));
  await until(db, (now) => now.delivered === 1 && now.exceptions === 0);
  await dispatcher.stop();
});

test("nothing is overdue while its cause is on its way: a destination that stood still for long gets both in order", async () => {
  await sell(db, [returnOf("r", "s")]);
  const receiver = fakeReceiver(() => delivered, needsCause);
  const extra = { causes: { waitMs: 1_000, overdue: "send" } };
  const first = startDispatcher(db, lineTo(receiver, extra));
  await until(db, (now) => now.exceptions === 1);
  await first.stop();
  await sell(db, [sale("s")]);
  await db.query(sql`UPDATE delivery SET deadline_at_ms = 1, next_at_ms = 1`);
  const second = startDispatcher(db, lineTo(receiver, extra));
  await until(db, (now) => now.delivered === 2 && now.exceptions === 0);
  await second.stop();
  expect(taken(receiver)).toEqual(["s", "r"]);
});

test("what the receiver itself misses is asked for at growing intervals, whatever failed before, and then parked", async () => {
  await sell(db, [sale("1"), sale("2")]);
  let member = false;
  const receiver = fakeReceiver((item) =>
    item.naturalKey.endsWith("/2") || !member ? { kind: "cause-missing", cause: "member:m-7", detail: "no such member" } : delivered,
  );
  const dispatcher = startDispatcher(db, lineTo(receiver, { causes: { waitMs: 3_000 }, retry: { ...quickRetry, maxAttempts: 2 } }));
  for (let i = 0; i < 400 && (receiver.attempts.get(receiver.calls[0]?.identity ?? "") ?? 0) < 4; i++) await systemPorts.sleep(5);
  expect(await rowOf("1")).toMatchObject({ state: "held", code: "delivery.cause-missing", detail: "member:m-7: no such member" });
  member = true;
  await until(db, (now) => now.delivered === 1);
  for (let i = 0; i < 800 && (await rowOf("2"))?.state !== "parked"; i++) await systemPorts.sleep(5);
  expect(await rowOf("2")).toMatchObject({ code: "delivery.cause-overdue" });
  await dispatcher.stop();
});

test("a code that the mapping lacks holds its own key alone, names all codes, and goes on in order once it is there", async () => {
  const drafts = mixedKeys(5, 3);
  await sell(db, drafts);
  const missing = {
    kind: "mapping-missing" as const,
    missing: [
      { table: "taxes", code: "19" },
      { table: "items", code: "apple" },
    ],
  };
  let fixed = false;
  const receiver = fakeReceiver((item) => (item.orderingKey.endsWith("/k3") && !fixed ? missing : delivered));
  const line = lineTo(receiver, { retry: { ...quickRetry, baseMs: 60_000, capMs: 60_000 } });
  const dispatcher = startDispatcher(db, line, { ports: { ...systemPorts, random: () => 0.99 } });
  await until(db, (now) => now.delivered === 12 && now.exceptions === 3 && now.cursor === 15);
  expect(await rowOf("k3")).toMatchObject({ state: "held", code: "delivery.mapping-missing", detail: "taxes: 19, items: apple" });
  expect(await destinationsStatus(db)).toMatchObject([{ state: "active", held: 3, heldFor: { mapping: 1 }, parked: 0, pending: 0 }]);
  fixed = true;
  expect(await retryMapped(db, "erp", Date.now())).toBe(1);
  dispatcher.wake.notify(DESTINATIONS_TOPIC);
  await until(db, (now) => now.delivered === 15 && now.exceptions === 0);
  await dispatcher.stop();
  expect(keysOutOfOrder(receiver)).toEqual([]);
});

test("what holds nothing for the receiver is settled as that, and its return follows", async () => {
  await sell(db, [sale("s"), returnOf("r", "s")]);
  const receiver = fakeReceiver(
    (item) => (item.naturalKey.endsWith("/s") ? { kind: "nothing", reason: "no member" } : delivered),
    needsCause,
  );
  const dispatcher = startDispatcher(db, lineTo(receiver));
  await until(db, (now) => now.delivered === 1 && now.cursor === 2);
  await dispatcher.stop();
  expect(await db.query(sql`SELECT outcome FROM receipt ORDER BY tpos`)).toEqual([{ outcome: "nothing" }, { outcome: "delivered" }]);
  expect(await destinationsStatus(db)).toMatchObject([{ delivered: 2, pending: 0 }]);
});

test("a connector knows the vendor's id of a receipt that has just arrived and is not recorded yet", async () => {
  await sell(db, [sale("s"), returnOf("r", "s")]);
  const known: (string | undefined)[] = [];
  const receiver = fakeReceiver(async (item, _, context) => {
    known.push(await context.vendorIdOf(keyOf("s")));
    return item.naturalKey.endsWith("/s") ? { kind: "delivered", vendorId: "order-1" } : theirs;
  });
  const dispatcher = startDispatcher(db, lineTo(receiver));
  await until(db, (now) => now.delivered === 1);
  await dispatcher.stop();
  expect(known.slice(0, 2)).toEqual([undefined, "order-1"]);
});
