import { TillsyncError } from "@tillsync/sync-protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Database, Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { openTestDatabase } from "../db/testing/open-test-database.ts";
import type { LogEntry } from "../event-log/log-entry.ts";
import { createWake, entriesTopic } from "../event-log/wake.ts";
import { addTerminal, appendDrafts } from "../transactions/testing/append-drafts.ts";
import { makeSale, transactionDraft } from "../transactions/testing/make-transaction.ts";
import { LeaseLost, lockLeasedCursor, moveCursor, readCursor, releaseLease, renewLease, takeLease } from "./cursor.ts";
import { systemPorts } from "./ports.ts";
import { retryDelayMs } from "./retry-delay.ts";
import { runSubscriber, type SubscriberDeps } from "./run-subscriber.ts";
import type { Subscriber } from "./subscriber.ts";
import { recordingLog } from "./testing/quiet.ts";

let db: Database;
beforeEach(async () => {
  db = await openTestDatabase();
  await addTerminal(db, "till-1");
});
afterEach(() => db.close());

/** Remembers what it was handed, page by page; `trouble` may throw before it does. */
function noting(trouble: (entries: readonly LogEntry[]) => void = () => undefined) {
  const pages: number[][] = [];
  const refused: number[] = [];
  const subscriber: Subscriber<readonly LogEntry[]> = {
    name: "noting",
    pageEntries: 10,
    opened: () => Promise.resolve(),
    prepare: (entries) => entries,
    handle: async (_tx: Queryable, _shard, entries) => {
      trouble(entries);
      pages.push(entries.map((entry) => entry.pos));
    },
    refuse: async (_tx, entry) => {
      refused.push(entry.pos);
    },
    committed: () => undefined,
  };
  return { subscriber, pages, refused };
}

function begin(subscriber: Subscriber<readonly LogEntry[]>, database: Database = db, owner = "one") {
  const stop = new AbortController();
  const wake = createWake();
  const log = recordingLog();
  const deps: SubscriberDeps = { db: database, wake, log, owner, ports: systemPorts, makeWay: () => Promise.resolve() };
  const running = runSubscriber(deps, subscriber, "main", stop.signal);
  return {
    wake,
    log,
    stop: async () => {
      stop.abort();
      await running;
    },
  };
}

const sales = (count: number) => Array.from({ length: count }, (_, i) => transactionDraft(makeSale({ sequence: String(i) })));
async function reaches(pos: number): Promise<void> {
  for (let i = 0; i < 2_000 && (await readCursor(db, "noting", "main")) !== pos; i++) await systemPorts.sleep(3);
  expect(await readCursor(db, "noting", "main")).toBe(pos);
}

test("reads every entry once and in order, is woken by new ones, and stops between pages", async () => {
  const { subscriber, pages } = noting();
  await appendDrafts(db, { terminal: "till-1" }, sales(25));
  const running = begin(subscriber);
  await reaches(25);
  await appendDrafts(db, { terminal: "till-1" }, sales(3));
  const startedMs = performance.now();
  running.wake.notify(entriesTopic("main"));
  await reaches(28);
  expect(performance.now() - startedMs).toBeLessThan(900);
  await running.stop();
  expect(pages.flat()).toEqual(Array.from({ length: 28 }, (_, i) => i + 1));
  // The lease was given back.
  expect(await takeLease(db, { subscriber: "noting", shard: "main", owner: "two", leaseMs: 1_000 })).toBeDefined();
});

test("a database that fails and comes back loses and repeats nothing, with a growing wait in between", async () => {
  const { subscriber, pages } = noting();
  await appendDrafts(db, { terminal: "till-1" }, sales(30));
  let failures = 4;
  const flaky: Database = {
    ...db,
    transaction: (work) => {
      if (failures-- > 0) return Promise.reject(new TillsyncError("db.unavailable"));
      return db.transaction(work);
    },
  };
  const running = begin(subscriber, flaky);
  await reaches(30);
  await running.stop();
  expect(pages.flat()).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
  expect(running.log.lines.filter((line) => line.level === "warn")).toHaveLength(4);
});

test("a commit whose answer was lost is not done twice", async () => {
  const { subscriber, pages } = noting();
  await appendDrafts(db, { terminal: "till-1" }, sales(5));
  let lose = true;
  const lossy: Database = {
    ...db,
    transaction: async (work) => {
      const done = await db.transaction(work);
      if (!lose) return done;
      lose = false;
      throw new TillsyncError("db.unavailable", "after the commit");
    },
  };
  const running = begin(subscriber, lossy);
  await reaches(5);
  await systemPorts.sleep(300);
  await running.stop();
  expect(pages).toEqual([[1, 2, 3, 4, 5]]);
});

test("the one entry that makes its page fail is refused, all others are handled in order", async () => {
  const { subscriber, pages, refused } = noting((entries) => {
    if (entries.some((entry) => entry.pos === 7)) throw new Error("poison");
  });
  await appendDrafts(db, { terminal: "till-1" }, sales(20));
  const running = begin(subscriber);
  await reaches(20);
  await running.stop();
  expect(refused).toEqual([7]);
  expect(pages.flat()).toEqual([1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
});

test("a lease keeps others out, outlives a restart of its owner, and a lost one cannot write", async () => {
  const want = { subscriber: "s", shard: "main", leaseMs: 60_000 };
  const first = await takeLease(db, { ...want, owner: "one" });
  expect(await takeLease(db, { ...want, owner: "two" })).toBeUndefined();
  const restarted = await takeLease(db, { ...want, owner: "one" });
  expect(restarted!.fence).toBe(first!.fence + 1);
  await expect(renewLease(db, first!, 1_000)).rejects.toThrow(LeaseLost);
  await expect(db.transaction((tx) => lockLeasedCursor(tx, first!))).rejects.toThrow(LeaseLost);
  await db.transaction(async (tx) => {
    await lockLeasedCursor(tx, restarted!);
    await moveCursor(tx, restarted!, 9, 60_000);
  });
  expect(await readCursor(db, "s", "main")).toBe(9);
  await releaseLease(db, first!);
  expect(await takeLease(db, { ...want, owner: "two" })).toBeUndefined();
  await renewLease(db, restarted!, -1);
  expect(await takeLease(db, { ...want, owner: "two" })).toBeDefined();
  expect(await db.query(sql`SELECT fence FROM subscriber_cursor WHERE subscriber = 's'`)).toEqual([{ fence: first!.fence + 2 }]);
});

test("retry delays double up to the cap and are spread over all of it", () => {
  const bounds = { baseMs: 100, capMs: 10_000 };
  expect([1, 2, 3, 8, 5_000].map((n) => retryDelayMs(n, bounds, 0.999_999))).toEqual([99, 199, 399, 9_999, 9_999]);
  expect(retryDelayMs(3, bounds, 0)).toBe(0);
});
