import { TillsyncError } from "@tillsync/sync-protocol";
import { transactionsTopic } from "../event-log/wake.ts";
import { announceHeads } from "../reference/announce-heads.ts";
import type { MovedHead } from "../reference/write-documents.ts";
import { LeaseLost, lockLeasedCursor, moveCursor, readCursor, releaseLease, renewLease, type Lease } from "../subscribers/cursor.ts";
import { holdLease, LEASE_MS } from "../subscribers/hold-lease.ts";
import { POLL_MS, type SubscriberDeps } from "../subscribers/run-subscriber.ts";
import { cleanText } from "../transactions/clean-text.ts";
import { foldPage, noteRefusals } from "./fold-page.ts";
import type { FoldPage } from "./fold-row.ts";
import { foldSetAside, hasSetAside, SET_ASIDE_PAGE } from "./fold-set-aside.ts";
import { readFoldPage } from "./read-fold-page.ts";

/** Names the folds' cursors, which count positions of the transaction log. */
export const FOLDS = "folds";
/** Failures of one page, not counting an absent database, before it is cut in two to find the record that causes them. */
const PAGE_FAILURES_MAX = 2;

/**
 * Folds one shard's transaction log into what flows down, until `signal` aborts. Work and cursor are one transaction; a
 * record that alone makes its page fail is noted in `fold_refusal` with its reason, and the rest goes on. Never rejects.
 */
export const runFolds = (deps: SubscriberDeps, shard: string, signal: AbortSignal): Promise<void> =>
  holdLease(deps, { subscriber: FOLDS, shard }, signal, (lease, onProgress) => work(deps, lease, signal, onProgress));

async function work(deps: SubscriberDeps, lease: Lease, signal: AbortSignal, onProgress: () => void): Promise<void> {
  const topic = transactionsTopic(lease.shard);
  let after = await readCursor(deps.db, lease.subscriber, lease.shard);
  let renewAtMs = deps.ports.nowMs() + LEASE_MS / 3;
  while (!signal.aborted) {
    const since = deps.wake.mark(topic);
    const page = await readFoldPage(deps.db, lease.shard, after);
    if (await hasSetAside(deps.db, lease.shard)) await takeSetAside(deps, lease);
    if (page.last === undefined) {
      await deps.wake.wait(topic, POLL_MS, signal, since);
      if (deps.ports.nowMs() < renewAtMs) continue;
      await renewLease(deps.db, lease, LEASE_MS);
    } else {
      await deps.makeWay(signal);
      await takePage(deps, lease, page);
      after = page.last;
      onProgress();
    }
    renewAtMs = deps.ports.nowMs() + LEASE_MS / 3;
  }
  await releaseLease(deps.db, lease);
}

/** An entry that cannot be folded is set aside and seen there; it must not hold up what is not. */
async function takeSetAside(deps: SubscriberDeps, lease: Lease, limit = SET_ASIDE_PAGE, pass = false): Promise<void> {
  try {
    const heads = await deps.db.transaction(async (tx) => {
      await lockLeasedCursor(tx, lease);
      return foldSetAside(tx, lease.shard, deps.ports.nowMs(), { limit, pass });
    });
    await announceHeads(deps.db, heads);
  } catch (error) {
    if (pass || isPassing(error)) throw error;
    deps.log.warn({ err: error, subscriber: FOLDS, shard: lease.shard, limit }, "what is set aside cannot be folded");
    await takeSetAside(deps, lease, 1, limit === 1);
  }
}

/** Not the page's fault: an absent database, another holder of the lease. */
const isPassing = (error: unknown): boolean =>
  error instanceof LeaseLost || (error instanceof TillsyncError && error.code === "db.unavailable");

/** A page that keeps failing is halved until the record that spoils it stands alone. */
async function takePage(deps: SubscriberDeps, lease: Lease, page: FoldPage): Promise<void> {
  for (let failures = 1; ; failures++) {
    try {
      return await announceHeads(deps.db, await commitPage(deps, lease, page, foldPage));
    } catch (error) {
      if (isPassing(error)) throw error;
      deps.log.warn({ err: error, subscriber: FOLDS, shard: lease.shard, after: page.after, rows: page.rows.length }, "a page failed");
      if (failures >= PAGE_FAILURES_MAX) return splitPage(deps, lease, page, error);
    }
  }
}

async function splitPage(deps: SubscriberDeps, lease: Lease, page: FoldPage, error: unknown): Promise<void> {
  const [only, ...others] = page.rows;
  if (only === undefined || others.length === 0) {
    const code = error instanceof TillsyncError ? error.code : "internal.unexpected";
    const detail = cleanText(error instanceof TillsyncError ? error.detail : (error as Error).name);
    const refusals = only === undefined ? [] : [{ shard: only.shard, tpos: only.tpos, code, detail }];
    await commitPage(deps, lease, page, async (tx, { broken }, nowMs) => {
      await noteRefusals(tx, [...refusals, ...broken.map((one) => ({ ...one, code: "entry.invalid", detail: one.broken }))], nowMs);
      return [];
    });
    return;
  }
  const half = Math.ceil(page.rows.length / 2);
  const cut = page.rows[half]?.tpos ?? 0;
  const first = { after: page.after, last: cut - 1, rows: page.rows.slice(0, half), broken: page.broken.filter((one) => one.tpos < cut) };
  const second = { after: cut - 1, last: page.last, rows: page.rows.slice(half), broken: page.broken.filter((one) => one.tpos >= cut) };
  for (const part of [first, second]) await takePage(deps, lease, part);
}

/** After a commit whose answer was lost the cursor stands past the page: then there is nothing left to do. */
function commitPage(deps: SubscriberDeps, lease: Lease, page: FoldPage, fold: typeof foldPage): Promise<MovedHead[]> {
  const to = page.last ?? page.after;
  return deps.db.transaction(async (tx) => {
    const cursor = await lockLeasedCursor(tx, lease);
    if (cursor.pos === to) return [];
    if (cursor.pos !== page.after) throw new LeaseLost(lease.shard);
    const heads = await fold(tx, page, deps.ports.nowMs());
    await moveCursor(tx, lease, to, LEASE_MS);
    return heads;
  });
}
