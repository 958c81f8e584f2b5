import { afterEach, beforeEach, expect, test } from "vitest";
import type { ConnectorSession, DeliveryItem, SendResult } from "../connectors/connector.ts";
import type { Database } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { openTestDatabase } from "../db/testing/open-test-database.ts";
import { systemPorts } from "../subscribers/ports.ts";
import { addTerminal, appendDrafts } from "../transactions/testing/append-drafts.ts";
import { makeSale, transactionDraft } from "../transactions/testing/make-transaction.ts";
import { runToEnd } from "../transactions/testing/run-to-end.ts";
import type { Line } from "./line.ts";
import { delivered, fakeReceiver, theirs } from "./testing/fake-receiver.ts";
import { addErp, lineTo, startDispatcher, until } from "./testing/run-dispatcher.ts";

const MAX = 10;

let db: Database;
beforeEach(async () => {
  db = await openTestDatabase();
  await addTerminal(db, "till-1");
  await addErp(db);
});
afterEach(() => db.close());

/** `keys` sales and, in rounds, a return of each: `rounds` items a key. */
async function sell(keys: number, rounds = 1): Promise<void> {
  const drafts = Array.from({ length: keys * rounds }, (_, i) => {
    const [key, round] = [i % keys, Math.floor(i / keys)];
    const returnOf = { store: "9", workstation: "31", businessDay: "2026-11-20", sequence: `k${key}` };
    return transactionDraft(makeSale(round === 0 ? { sequence: `k${key}` } : { sequence: `k${key}-${round}`, grand: "-1", returnOf }));
  });
  await appendDrafts(db, { terminal: "till-1" }, drafts);
  await runToEnd(db);
}

/** A receiver that takes batches; what it answers is `mood`'s, item by item, nothing of a key past its first failure. */
function batching(mood: (item: DeliveryItem, attempt: number) => SendResult, more: Partial<ConnectorSession> = {}) {
  const receiver = fakeReceiver(mood);
  const batches: number[][] = [];
  const sendMany: NonNullable<ConnectorSession["sendMany"]> = async (items, context) => {
    batches.push(items.map((item) => item.tpos));
    const results: SendResult[] = [];
    const failed = new Set<string>();
    for (const item of items) {
      const result = failed.has(item.orderingKey) ? theirs : await receiver.session.send(item, context);
      if (result.kind !== "delivered") failed.add(item.orderingKey);
      results.push(result);
    }
    return results;
  };
  const line: Line = {
    ...lineTo(receiver),
    capabilities: { ...receiver.capabilities, batchItemsMax: MAX },
    session: { ...receiver.session, sendMany, ...more },
  };
  return { receiver, batches, line };
}

const ordered = (firstSeen: ReadonlyMap<string, readonly number[]>): boolean =>
  [...firstSeen.values()].every((seen) => seen.every((tpos, i) => tpos > (seen[i - 1] ?? 0)));

test("a backlog goes in full batches, each item once and each key in its order", async () => {
  await sell(20, 5);
  const { receiver, batches, line } = batching(() => delivered);
  const dispatcher = startDispatcher(db, line);
  await until(db, (now) => now.delivered === 100 && now.cursor === 100);
  await dispatcher.stop();
  expect(receiver.calls).toHaveLength(100);
  expect(ordered(receiver.firstSeen)).toBe(true);
  expect(Math.max(...batches.map((batch) => batch.length))).toBe(MAX);
  expect(batches.length).toBeLessThanOrEqual(14);
  expect(batches.every((batch) => batch.every((tpos, i) => tpos > (batch[i - 1] ?? 0)))).toBe(true);
});

test("one of a batch that fails holds its key alone and is tried again by itself; the set-up's fault gives all back", async () => {
  await sell(6, 4);
  const bad = "9/31/2026-11-20/k2";
  let isSetUp = true;
  const { receiver, line } = batching((item, attempt) => {
    if (isSetUp) {
      isSetUp = false;
      return { kind: "set-up", detail: "status 401" };
    }
    return item.orderingKey === bad && attempt < 3 ? theirs : delivered;
  });
  const dispatcher = startDispatcher(db, line);
  await until(db, (now) => now.delivered === 24 && now.exceptions === 0 && now.cursor === 24);
  await dispatcher.stop();
  expect(receiver.effects.size).toBe(24);
  expect(ordered(receiver.firstSeen)).toBe(true);
  expect(receiver.keyOverlaps()).toBe(0);
});

test("a line that cannot be read is parked with what follows it, and the rest of its batch arrives", async () => {
  await sell(5, 2);
  await db.script(`UPDATE segment SET body = convert_to(replace(convert_from(body, 'UTF8'), '"k3"', '"k 3"'), 'UTF8')`);
  const { receiver, line } = batching(() => delivered);
  const dispatcher = startDispatcher(db, line);
  await until(db, (now) => now.delivered === 8 && now.exceptions === 2 && now.cursor === 10);
  await dispatcher.stop();
  expect(receiver.calls).toHaveLength(8);
  expect(await db.query(sql`SELECT state, code FROM delivery ORDER BY tpos`)).toEqual([
    { state: "parked", code: "delivery.rejected" },
    { state: "held", code: null },
  ]);
});

test.each([
  ["throws", () => Promise.reject(new Error("bug"))],
  ["tells too few results", () => Promise.resolve([])],
] as const)("a connector that %s leaves its batch uncertain, and every item arrives by itself in the end", async (_name, sendMany) => {
  await sell(4, 2);
  const { receiver, line } = batching(() => delivered, { sendMany });
  const dispatcher = startDispatcher(db, line);
  await until(db, (now) => now.delivered === 8 && now.exceptions === 0 && now.cursor === 8);
  await dispatcher.stop();
  expect(receiver.effects.size).toBe(8);
  expect(ordered(receiver.firstSeen)).toBe(true);
});

test("where something must be asked before each item, nothing goes in batches", async () => {
  await sell(20);
  for (const change of [
    { repeatability: { by: "native-key" as const, windowMs: 1_000_000_000_000_000 } },
    { capabilities: { categories: [], lookUp: false, batchItemsMax: MAX, needsCause: true } },
  ]) {
    await db.script("DELETE FROM receipt; UPDATE subscriber_cursor SET pos = 0 WHERE subscriber LIKE 'destination:%'");
    const { batches, line } = batching(() => delivered);
    const dispatcher = startDispatcher(db, { ...line, ...change });
    await until(db, (now) => now.delivered === 20);
    await dispatcher.stop();
    expect(batches).toEqual([]);
  }
});

test("what arrives while a batch is under way goes together in the next one", async () => {
  await sell(3);
  let letGo = (): void => undefined;
  const first = new Promise<void>((resolve) => (letGo = resolve));
  const sizes: number[] = [];
  const { line } = batching(() => delivered);
  const slow: Line = {
    ...line,
    session: {
      ...line.session,
      sendMany: async (items) => {
        sizes.push(items.length);
        if (sizes.length === 1) await first;
        return items.map(() => delivered);
      },
    },
  };
  const dispatcher = startDispatcher(db, slow);
  for (let tries = 0; tries < 500 && sizes.length === 0; tries++) await systemPorts.sleep(5);
  const more = Array.from({ length: 6 }, (_, i) => transactionDraft(makeSale({ sequence: `m${i}` })));
  await appendDrafts(db, { terminal: "till-1" }, more);
  await runToEnd(db);
  dispatcher.wake.notify("transactions:main");
  await systemPorts.sleep(100);
  expect(sizes).toEqual([3]);
  letGo();
  await until(db, (now) => now.delivered === 9);
  await dispatcher.stop();
  expect(sizes).toEqual([3, 6]);
});
