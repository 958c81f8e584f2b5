import { TillsyncError } from "@tillsync/sync-protocol";
import type { Database } from "../db/database.ts";
import type { LogEntry } from "../event-log/log-entry.ts";
import { readFrom } from "../event-log/read-from.ts";
import { entriesTopic, type Wake } from "../event-log/wake.ts";
import { LeaseLost, lockLeasedCursor, moveCursor, readCursor, releaseLease, renewLease, type Lease } from "./cursor.ts";
import { holdLease, LEASE_MS, type LeaseDeps } from "./hold-lease.ts";
import type { Subscriber } from "./subscriber.ts";

/** Looks for entries at least this often, woken or not. */
export const POLL_MS = 1_000;
/** Failures of one page, not counting an absent database, before it is cut in two to find the entry that causes them. */
const PAGE_FAILURES_MAX = 2;

export interface SubscriberDeps extends LeaseDeps {
  readonly wake: Wake;
  /** Ends when there is time for a page: acknowledging terminals comes first, for a second at most. */
  readonly makeWay: (signal: AbortSignal) => Promise<void>;
}

/**
 * Works one shard of one subscriber until `signal` aborts: takes the lease, reads pages in order, and writes work and
 * cursor in one transaction each. Whatever fails is tried again with growing waits; an entry that alone makes its page
 * fail is refused and the rest goes on. Never rejects.
 */
export function runSubscriber<P>(deps: SubscriberDeps, subscriber: Subscriber<P>, shard: string, signal: AbortSignal): Promise<void> {
  return holdLease(deps, { subscriber: subscriber.name, shard }, signal, (lease, onProgress) =>
    workShard(deps, subscriber, lease, signal, onProgress),
  );
}

async function workShard<P>(
  deps: SubscriberDeps,
  subscriber: Subscriber<P>,
  lease: Lease,
  signal: AbortSignal,
  onProgress: () => void,
): Promise<void> {
  const topic = entriesTopic(lease.shard);
  await subscriber.opened(lease.shard);
  let next = readPage(deps, subscriber, lease.shard, await readCursor(deps.db, lease.subscriber, lease.shard));
  let renewAtMs = deps.ports.nowMs() + LEASE_MS / 3;
  while (!signal.aborted) {
    const page = await next;
    if (page.last === undefined) {
      await deps.wake.wait(topic, POLL_MS, signal, page.since);
      next = readPage(deps, subscriber, lease.shard, page.after);
      if (deps.ports.nowMs() < renewAtMs) continue;
      await renewLease(deps.db, lease, LEASE_MS);
    } else {
      await deps.makeWay(signal);
      next = readPage(deps, subscriber, lease.shard, page.last);
      await takePage(deps, subscriber, lease, page);
      onProgress();
      subscriber.committed(lease.shard);
    }
    renewAtMs = deps.ports.nowMs() + LEASE_MS / 3;
  }
  // Nobody reads from a database that its owner closes next.
  await next.catch(() => undefined);
  await releaseLease(deps.db, lease);
}

interface Page<P> {
  /** The wake's mark from before the log was read: what was told since is not missed. */
  readonly since: number;
  readonly after: number;
  readonly last: number | undefined;
  readonly entries: readonly LogEntry[];
  readonly prepared: P;
}

/** Reads and prepares a page: done for the next one while the database is busy with this one. */
function readPage<P>(deps: SubscriberDeps, subscriber: Subscriber<P>, shard: string, after: number): Promise<Page<P>> {
  const since = deps.wake.mark(entriesTopic(shard));
  const page = readFrom(deps.db, { shard, after, limit: subscriber.pageEntries }).then((entries) => ({
    since,
    after,
    last: entries.at(-1)?.pos,
    entries,
    prepared: subscriber.prepare(entries),
  }));
  // Whoever awaits it hears of a failure; a page that is given up must not end the process.
  page.catch(() => undefined);
  return page;
}

/** One page in one transaction. A page that keeps failing is halved until the entry that spoils it stands alone. */
async function takePage<P>(deps: SubscriberDeps, subscriber: Subscriber<P>, lease: Lease, page: Page<P>): Promise<void> {
  const { entries, after, prepared } = page;
  for (let failures = 1; ; failures++) {
    try {
      return await commitPage(deps.db, lease, entries, after, (tx) => subscriber.handle(tx, lease.shard, prepared));
    } catch (error) {
      if (!isOfThePage(error)) throw error;
      deps.log.warn({ err: error, subscriber: lease.subscriber, shard: lease.shard, after, entries: entries.length }, "a page failed");
      if (failures >= PAGE_FAILURES_MAX) return await splitPage(deps, subscriber, lease, page, error);
    }
  }
}

async function splitPage<P>(deps: SubscriberDeps, subscriber: Subscriber<P>, lease: Lease, page: Page<P>, error: unknown): Promise<void> {
  const { entries, after } = page;
  const [first] = entries;
  if (first === undefined) return;
  if (entries.length === 1) return commitPage(deps.db, lease, entries, after, (tx) => subscriber.refuse(tx, first, error));
  const half = Math.ceil(entries.length / 2);
  for (const part of [entries.slice(0, half), entries.slice(half)]) {
    const from = { since: page.since, after: (part[0]?.pos ?? after + 1) - 1, last: part.at(-1)?.pos };
    await takePage(deps, subscriber, lease, { ...from, entries: part, prepared: subscriber.prepare(part) });
  }
}

/**
 * Cursor last: the work is done under the cursor's lock, then the cursor moves, then both commit. After a commit whose
 * answer was lost the cursor stands past the page; the next attempt sees that and does nothing.
 */
function commitPage(
  db: Database,
  lease: Lease,
  entries: readonly LogEntry[],
  after: number,
  work: (tx: Parameters<Parameters<Database["transaction"]>[0]>[0]) => Promise<void>,
): Promise<void> {
  const to = entries.at(-1)?.pos ?? after;
  return db.transaction(async (tx) => {
    const cursor = await lockLeasedCursor(tx, lease);
    if (cursor.pos === to) return;
    if (cursor.pos !== after) throw new LeaseLost(lease.shard);
    await work(tx);
    await moveCursor(tx, lease, to, LEASE_MS);
  });
}

/** A failure that the page's content may have caused: not an absent database, not another holder of the lease. */
const isOfThePage = (error: unknown): boolean =>
  !(error instanceof LeaseLost) && !(error instanceof TillsyncError && error.code === "db.unavailable");
