import { afterEach, beforeEach, expect, test } from "vitest";
import type { Database } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { openTestDatabase } from "../db/testing/open-test-database.ts";
import { createWake } from "../event-log/wake.ts";
import { createLeaseShare, type LeaseShare } from "../subscribers/lease-share.ts";
import { systemPorts, type BackgroundPorts } from "../subscribers/ports.ts";
import { recordingLog } from "../subscribers/testing/quiet.ts";
import { addTerminal, appendDrafts } from "../transactions/testing/append-drafts.ts";
import { makeSale, transactionDraft } from "../transactions/testing/make-transaction.ts";
import { runToEnd } from "../transactions/testing/run-to-end.ts";
import { dispatchShard } from "./dispatch-shard.ts";
import { createLogPages } from "./log-pages.ts";
import { shareDestinations } from "./share-destinations.ts";
import { delivered, fakeReceiver, type FakeReceiver } from "./testing/fake-receiver.ts";
import { addErp, lineTo } from "./testing/run-dispatcher.ts";
import { everythingOn, type DispatchDeps } from "./worker.ts";

const NAMES = Array.from({ length: 8 }, (_, i) => `erp-${i}`);
/** Waits of the background pass this much faster; the dispatcher's own wake-ups are not ports. */
const HASTE = 20;
const hasty: BackgroundPorts = { ...systemPorts, sleep: (ms, signal) => systemPorts.sleep(Math.ceil(ms / HASTE), signal) };

let db: Database;
beforeEach(async () => {
  db = await openTestDatabase();
  await addTerminal(db, "till-1");
});
afterEach(() => db.close());

/** A process that works all destinations it may, each to the same receiver as every other process. */
function startProcess(owner: string, receivers: ReadonlyMap<string, FakeReceiver>, given?: LeaseShare) {
  const stopping = new AbortController();
  let dead = false;
  const mortal: Database = {
    ...db,
    query: (statement) => (dead ? new Promise<never>(() => undefined) : db.query(statement)),
    transaction: (work) => (dead ? new Promise<never>(() => undefined) : db.transaction(work)),
  };
  const share = given ?? createLeaseShare();
  const wake = createWake();
  const deps: DispatchDeps = { db: mortal, wake, pages: createLogPages(), ports: hasty, log: recordingLog(), owner, share };
  const beating = given === undefined ? shareDestinations(deps, share, stopping.signal).then(({ done }) => done) : Promise.resolve();
  const working = NAMES.map((name) => {
    const receiver = receivers.get(name);
    if (receiver === undefined) throw new Error(name);
    return dispatchShard(deps, { ...lineTo(receiver), name }, "main", stopping.signal, everythingOn);
  });
  return {
    wake,
    stop: async () => {
      stopping.abort();
      await Promise.all([beating, ...working]);
    },
    kill: () => {
      dead = true;
      stopping.abort();
    },
  };
}

const holders = async (): Promise<Record<string, number>> => {
  const rows = await db.query<{ lease_owner: string; count: number }>(sql`
    SELECT lease_owner, count(*) AS count FROM subscriber_cursor
    WHERE subscriber LIKE 'destination:%' AND lease_owner IS NOT NULL GROUP BY lease_owner`);
  return Object.fromEntries(rows.map((row) => [row.lease_owner, row.count]));
};

async function settles(wanted: Record<string, number>): Promise<void> {
  for (const end = Date.now() + 20_000; Date.now() < end;) {
    if (JSON.stringify(await holders()) === JSON.stringify(wanted)) return;
    await systemPorts.sleep(20);
  }
  expect(await holders()).toEqual(wanted);
}

async function sell(from: number, count: number): Promise<void> {
  const drafts = Array.from({ length: count }, (_, i) => transactionDraft(makeSale({ sequence: String(from + i) })));
  await appendDrafts(db, { terminal: "till-1" }, drafts);
  await runToEnd(db);
}

async function arrives(receivers: ReadonlyMap<string, FakeReceiver>, count: number): Promise<void> {
  const sizes = (): number[] => [...receivers.values()].map(({ effects }) => effects.size);
  for (const end = Date.now() + 30_000; Date.now() < end && sizes().some((size) => size < count);) await systemPorts.sleep(20);
  expect(sizes()).toEqual(NAMES.map(() => count));
}

const toAll = (): Map<string, FakeReceiver> => new Map(NAMES.map((name) => [name, fakeReceiver(() => delivered)]));

test("two processes take four destinations each, the survivor takes all, and nothing is sent twice", async () => {
  for (const name of NAMES) await addErp(db, { name });
  const receivers = toAll();
  const one = startProcess("one", receivers);
  await settles({ one: 8 });
  const two = startProcess("two", receivers);
  await settles({ one: 4, two: 4 });
  await sell(1, 40);
  await arrives(receivers, 40);
  // Recorded, so that a death in the middle of nothing repeats nothing.
  for (let tries = 0; tries < 500 && (await receipts()) < 40 * 8; tries++) await systemPorts.sleep(10);
  one.kill();
  await db.query(sql`UPDATE subscriber_cursor SET lease_until_ms = 0 WHERE lease_owner = 'one'`);
  await db.query(sql`UPDATE dispatch_process SET alive_until_ms = 0 WHERE owner = 'one'`);
  await settles({ two: 8 });
  await sell(41, 20);
  await arrives(receivers, 60);
  for (const { calls } of receivers.values()) expect(calls).toHaveLength(60);
  await two.stop();
  expect(await holders()).toEqual({});
  expect(await db.query(sql`SELECT owner FROM dispatch_process`)).toEqual([]);
}, 90_000);

const receipts = async (): Promise<number> =>
  (await db.query<{ count: number }>(sql`SELECT count(*) AS count FROM receipt`))[0]?.count ?? 0;

test("negative control: a process without a share keeps everything it got first", async () => {
  for (const name of NAMES) await addErp(db, { name });
  const all = createLeaseShare();
  all.allow(NAMES.length);
  const one = startProcess("one", toAll(), all);
  await settles({ one: 8 });
  const two = startProcess("two", toAll());
  await systemPorts.sleep(1_000);
  expect(await holders()).toEqual({ one: 8 });
  await Promise.all([one.stop(), two.stop()]);
}, 60_000);
