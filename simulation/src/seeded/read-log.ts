import type { Database } from "../../../apps/cloud-sync/src/db/database.ts";
import type { Wake } from "../../../apps/cloud-sync/src/event-log/wake.ts";
import { runSubscriber, type SubscriberDeps } from "../../../apps/cloud-sync/src/subscribers/run-subscriber.ts";
import type { Subscriber } from "../../../apps/cloud-sync/src/subscribers/subscriber.ts";
import type { ReadEntry } from "../../../apps/cloud-sync/src/transactions/page.ts";
import { transactionsSubscriber } from "../../../apps/cloud-sync/src/transactions/transactions-subscriber.ts";
import type { CrashPlan } from "./crash-points.ts";
import type { World } from "./world.ts";

/** Small pages, so that a page's end falls between any two entries sooner or later. */
const PAGE_ENTRIES = 23;

/**
 * Runs the real subscriber until it finds nothing more, or its process dies, or its database is away. True when it has to
 * be run again.
 */
export async function readLog(world: World, db: Database, plan: CrashPlan): Promise<boolean> {
  const stop = new AbortController();
  let again = false;
  const wake: Wake = {
    notify: () => undefined,
    mark: () => 0,
    wait: () => {
      stop.abort();
      return Promise.resolve(false);
    },
  };
  const ports = {
    nowMs: () => world.trueMs(),
    random: () => 0.5,
    // It sleeps when something failed; the world wakes it later.
    sleep: () => {
      again = true;
      stop.abort();
      return Promise.resolve();
    },
  };
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const deps: SubscriberDeps = { db, wake, ports, log, owner: "simulated", makeWay: () => Promise.resolve() };
  const subscriber = { ...transactionsSubscriber(db, wake, ports), pageEntries: PAGE_ENTRIES };
  await runSubscriber(deps, weakened(world, subscriber, db, plan), "main", stop.signal);
  return again;
}

function weakened(world: World, subscriber: Subscriber<ReadEntry[]>, db: Database, plan: CrashPlan): Subscriber<ReadEntry[]> {
  if (world.weakness === "dedupe-off") return { ...subscriber, prepare: (entries) => subscriber.prepare(entries).map(asOneOfItsOwn) };
  if (world.weakness !== "cursor-before-effect") return subscriber;
  return {
    ...subscriber,
    handle: (_tx, shard, page) => {
      // The cursor commits without it; the effect follows if the process still lives.
      world.scheduler.after(0, async () => {
        if (!plan.crashed) await db.transaction((tx) => subscriber.handle(tx, shard, page)).catch(() => undefined);
      });
      return Promise.resolve();
    },
  };
}

const asOneOfItsOwn = (read: ReadEntry): ReadEntry =>
  read.meaning.kind === "transaction"
    ? {
        ...read,
        meaning: {
          ...read.meaning,
          projection: { ...read.meaning.projection, naturalKey: `${read.meaning.projection.naturalKey}@${read.entry.pos}` },
        },
      }
    : read;
