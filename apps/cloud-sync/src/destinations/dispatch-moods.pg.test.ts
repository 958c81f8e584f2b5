import * as fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { DeliveryItem, LookUpResult, SendResult } from "../connectors/connector.ts";
import type { Database } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { openTestDatabase } from "../db/testing/open-test-database.ts";
import { systemPorts } from "../subscribers/ports.ts";
import { addTerminal } from "../transactions/testing/append-drafts.ts";
import { listDeliveries, retryDelivery } from "./deliveries.ts";
import { DESTINATIONS_TOPIC } from "./destination-name.ts";
import { retryMapped } from "./retry-mapped.ts";
import { destinationsStatus } from "./status.ts";
import { delivered, fakeReceiver, theirs, uncertain, type FakeOptions, type FakeReceiver, type Mood } from "./testing/fake-receiver.ts";
import { addErp, lineTo, picture, quickRetry, startDispatcher, until } from "./testing/run-dispatcher.ts";
import { keyOf, mixedKeys, returnOf, sale, sell } from "./testing/sell.ts";

let db: Database;
beforeEach(async () => {
  db = await openTestDatabase();
  await addTerminal(db, "till-1");
  await addErp(db);
});
afterEach(() => db.close());

const forget = (): Promise<void> =>
  db.script(`DELETE FROM receipt; DELETE FROM delivery; DELETE FROM running_total WHERE name LIKE 'delivered:%';
    DELETE FROM subscriber_cursor WHERE subscriber = 'destination:erp'`);

/** Trouble of every kind, as the dice fall, until it has fallen `troubles` times. */
function troubled(roll: () => number, troubles: number) {
  let left = troubles;
  const send = async (): Promise<Mood> => {
    const dice = left-- > 0 ? roll() : 99;
    if (dice % 3 === 0) await systemPorts.sleep(dice % 5);
    if (dice < 12) return { after: true, result: uncertain };
    if (dice < 20) return uncertain;
    if (dice < 28) return theirs;
    if (dice < 33) return { kind: "theirs", detail: "status 429", retryAfterMs: 5, slowDown: true };
    if (dice < 38) return { kind: "rejected", detail: "status 422" };
    if (dice < 44) return { kind: "mapping-missing", missing: [{ table: "taxes", code: "19" }] };
    if (dice < 50) return { kind: "cause-missing", cause: "member:m-1", detail: "no such member" };
    if (dice < 54) throw new Error("a bug of the connector");
    return delivered;
  };
  const lookUp = (): LookUpResult | undefined => {
    const dice = left-- > 0 ? roll() : 99;
    if (dice < 8) return theirs as Extract<SendResult, { kind: "theirs" }>;
    if (dice < 14) return { kind: "uncertain", detail: "HTML" };
    return dice < 18 ? { kind: "foreign", detail: "someone else's" } : undefined;
  };
  return { send, lookUp };
}

/** Somebody who corrects what is wrong, again and again, until everything has arrived. */
async function correctUntilDone(wake: () => void, count: number): Promise<void> {
  for (let turns = 0; turns < 2_000; turns++) {
    const now = await picture(db);
    if (now.delivered === count && now.exceptions === 0 && now.cursor === count) return;
    for (const row of await listDeliveries(db, { state: "parked", after: 0, limit: 50 }))
      await retryDelivery(db, row.id, "ann", Date.now());
    await retryMapped(db, "erp", Date.now());
    wake();
    await systemPorts.sleep(20);
  }
  throw new Error(`not done: ${JSON.stringify([await picture(db), await listDeliveries(db, { after: 0, limit: 20 })])}`);
}

/** Each key as it has to arrive: the sale first, wherever it stands in the log, then the rest in the order of the log. */
async function expectedOrder(): Promise<Map<string, number[]>> {
  const rows = await db.query<{ ordering_key: string; natural_key: string; tpos: number }>(sql`
    SELECT ordering_key, natural_key, tpos FROM transaction ORDER BY ordering_key, natural_key <> ordering_key, tpos`);
  return new Map([...Map.groupBy(rows, (row) => row.ordering_key)].map(([key, ofKey]) => [key, ofKey.map((row) => row.tpos)]));
}

const orderOf = (receiver: FakeReceiver): Map<string, number[]> =>
  new Map([...receiver.firstSeen].toSorted(([a], [b]) => (a < b ? -1 : 1)));

/** A sequence of numbers from 0 to 99 that a seed decides. */
function rollFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return Math.floor(((state >>> 8) / 2 ** 24) * 100);
  };
}

type Kind = "lookup-first" | "native-key" | "window";
const optionsOf = (kind: Kind, lookUp: FakeOptions["lookUp"]): FakeOptions =>
  kind === "native-key"
    ? { needsCause: true }
    : {
        needsCause: true,
        lookUp,
        // A window that is always over: the receiver's own memory never helps.
        repeatability: kind === "window" ? { by: "native-key", windowMs: 1 } : { by: "lookup-first" },
        dedupe: false,
      };

test("property: whatever goes wrong, crashes and changes hands, each item has one effect, each key its order, nothing is lost", async () => {
  const drafts = [
    returnOf("k0-r1", "k0"),
    returnOf("k2-r1", "k2"),
    ...mixedKeys(4, 1),
    returnOf("k0-r2", "k0"),
    returnOf("k1-r1", "k1"),
    sale("k9"),
  ];
  await sell(db, drafts);
  const expected = await expectedOrder();
  await fc.assert(
    fc.asyncProperty(
      fc.integer(),
      fc.constantFrom<Kind[]>("lookup-first", "native-key", "window"),
      fc.array(fc.constantFrom("crash", "take-over"), { maxLength: 3 }),
      async (seed, kind, ends) => {
        await forget();
        const trouble = troubled(rollFrom(seed), 60);
        const receiver = fakeReceiver(trouble.send, optionsOf(kind, trouble.lookUp));
        const line = { retry: { ...quickRetry, settleMs: 60, maxAttempts: 8 }, causes: { waitMs: 60_000 } };
        let owner = "one";
        for (const end of ends) {
          const doomed = startDispatcher(db, lineTo(receiver, line), { owner });
          await systemPorts.sleep(150);
          doomed.kill();
          // What comes later than a life's end is another test's matter: this one has no patience for it.
          while (receiver.outNow() > 0) await systemPorts.sleep(1);
          if (end === "crash") continue;
          owner = owner === "one" ? "two" : "one";
          await db.query(sql`UPDATE subscriber_cursor SET lease_until_ms = 0 WHERE subscriber = 'destination:erp'`);
        }
        const dispatcher = startDispatcher(db, lineTo(receiver, line), { owner });
        await correctUntilDone(() => dispatcher.wake.notify(DESTINATIONS_TOPIC), drafts.length);
        await dispatcher.stop();
        expect(receiver.doubled()).toEqual([]);
        expect(receiver.effects.size).toBe(drafts.length);
        expect(orderOf(receiver)).toEqual(expected);
        expect(await destinationsStatus(db)).toMatchObject([
          { delivered: drafts.length, pending: 0, retrying: 0, uncertain: 0, parked: 0, held: 0 },
        ]);
      },
    ),
    { numRuns: 8 },
  );
}, 300_000);

test("negative control: with the look-up off, the same troubles double items", async () => {
  const drafts = mixedKeys(8, 1);
  await sell(db, drafts);
  const trouble = troubled(rollFrom(3), 60);
  const receiver = fakeReceiver(trouble.send, optionsOf("lookup-first", trouble.lookUp));
  const line = lineTo(receiver, { retry: { ...quickRetry, settleMs: 20 } });
  const dispatcher = startDispatcher(db, line, { lookUp: false });
  await correctUntilDone(() => dispatcher.wake.notify(DESTINATIONS_TOPIC), drafts.length);
  await dispatcher.stop();
  expect(receiver.doubled().length).toBeGreaterThan(0);
}, 60_000);

test("one poisoned customer among 10,000 keys: only that key waits, and after the fix its events go in order", async () => {
  const KEYS = 10_000;
  const poisoned = "k4711";
  const later = [1, 2, 3].map((nth) => returnOf(`${poisoned}-r${nth}`, poisoned));
  await sell(db, [...mixedKeys(KEYS, 1), ...later]);
  let fixed = false;
  const isPoison = (item: DeliveryItem): boolean => item.orderingKey === keyOf(poisoned) && !fixed;
  const receiver = fakeReceiver((item) => (isPoison(item) ? { kind: "rejected", detail: "status 422" } : delivered));
  const dispatcher = startDispatcher(db, lineTo(receiver));
  await until(db, (now) => now.delivered === KEYS - 1 && now.exceptions === 4 && now.cursor === KEYS + 3, 60_000);
  expect(await destinationsStatus(db)).toMatchObject([{ state: "active", parked: 1, held: 3, pending: 0, retrying: 0 }]);
  const [parked] = await listDeliveries(db, { state: "parked", after: 0, limit: 1 });
  expect(parked?.naturalKey).toBe(keyOf(poisoned));
  fixed = true;
  await retryDelivery(db, parked!.id, "ann", Date.now());
  dispatcher.wake.notify(DESTINATIONS_TOPIC);
  await until(db, (now) => now.delivered === KEYS + 3 && now.exceptions === 0);
  await dispatcher.stop();
  const order = receiver.firstSeen.get(keyOf(poisoned));
  expect(order).toHaveLength(4);
  expect(order).toEqual(order?.toSorted((a, b) => a - b));
  expect(receiver.calls).toHaveLength(KEYS + 4);
}, 180_000);
