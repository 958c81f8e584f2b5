import { TillsyncError } from "@tillsync/sync-protocol";
import { sql } from "../db/sql.ts";
import { transactionsTopic } from "../event-log/wake.ts";
import { announceHeads } from "../reference/announce-heads.ts";
import type { MovedHead } from "../reference/write-documents.ts";
import { LeaseLost, lockLeasedCursor, moveCursor, readCursor, releaseLease, renewLease, type Lease } from "../subscribers/cursor.ts";
import { holdLease, LEASE_MS } from "../subscribers/hold-lease.ts";
import { POLL_MS, type SubscriberDeps } from "../subscribers/run-subscriber.ts";
import { foldPage } from "./fold-page.ts";
import { readAccountEntries } from "./read-account-entries.ts";

/** Names the cursor; never changes. It counts positions of the transaction log. */
export const ACCOUNTS = "accounts";
/** Told when an account changed: who waits for quota that comes back looks again. */
export const ACCOUNTS_TOPIC = "accounts";
/** Positions of the transaction log in one page; few of them are about accounts. */
const PAGE_POSITIONS = 2_000;

/** Folds one shard's entries about accounts until `signal` aborts. Never rejects. */
export function runAccounts(deps: SubscriberDeps, shard: string, signal: AbortSignal): Promise<void> {
  return holdLease(deps, { subscriber: ACCOUNTS, shard }, signal, (lease, onProgress) => workShard(deps, lease, signal, onProgress));
}

async function workShard(deps: SubscriberDeps, lease: Lease, signal: AbortSignal, onProgress: () => void): Promise<void> {
  const topic = transactionsTopic(lease.shard);
  let after = await readCursor(deps.db, ACCOUNTS, lease.shard);
  let limit = PAGE_POSITIONS;
  let renewAtMs = deps.ports.nowMs() + LEASE_MS / 3;
  while (!signal.aborted) {
    const since = deps.wake.mark(topic);
    const page = await takePage(deps, lease, after, limit);
    if (page === "failed") {
      // Some entry spoils its page: smaller ones up to it, and past it once it stands alone.
      if (limit === 1) after = await passBy(deps, lease, after);
      limit = limit === 1 ? PAGE_POSITIONS : Math.ceil(limit / 8);
    } else if (page === undefined) {
      await deps.wake.wait(topic, POLL_MS, signal, since);
      limit = PAGE_POSITIONS;
    } else {
      after = page;
      onProgress();
    }
    if (page === undefined && deps.ports.nowMs() < renewAtMs) continue;
    if (page === undefined) await renewLease(deps.db, lease, LEASE_MS);
    renewAtMs = deps.ports.nowMs() + LEASE_MS / 3;
  }
  await releaseLease(deps.db, lease);
}

/** One page, in the transaction that moves the cursor: effect and cursor are kept together or not at all. Undefined: nothing new. */
async function takePage(deps: SubscriberDeps, lease: Lease, after: number, limit: number): Promise<number | undefined | "failed"> {
  try {
    const { last, entries } = await readAccountEntries(deps.db, lease.shard, after, limit);
    if (last === undefined) return undefined;
    const heads = await deps.db.transaction(async (tx): Promise<MovedHead[]> => {
      const cursor = await lockLeasedCursor(tx, lease);
      // A commit whose answer was lost did take place.
      if (cursor.pos === last) return [];
      if (cursor.pos !== after) throw new LeaseLost(lease.shard);
      const moved = await foldPage(tx, entries, deps.ports.nowMs());
      await moveCursor(tx, lease, last, LEASE_MS);
      return moved;
    });
    if (entries.length > 0) deps.wake.notify(ACCOUNTS_TOPIC);
    await announceHeads(deps.db, heads);
    return last;
  } catch (error) {
    if (error instanceof LeaseLost || (error instanceof TillsyncError && error.code === "db.unavailable")) throw error;
    deps.log.warn({ err: error, subscriber: ACCOUNTS, shard: lease.shard, after, limit }, "a page failed");
    return "failed";
  }
}

/** The one entry that cannot be counted is kept where a person sees it (`accounts list --odd`), and the rest goes on. */
async function passBy(deps: SubscriberDeps, lease: Lease, after: number): Promise<number> {
  return deps.db.transaction(async (tx) => {
    const cursor = await lockLeasedCursor(tx, lease);
    if (cursor.pos !== after) throw new LeaseLost(lease.shard);
    const rows = await tx.query<{ tpos: number }>(sql`
      SELECT tpos FROM transaction WHERE shard = ${lease.shard} AND tpos > ${after}::bigint ORDER BY tpos LIMIT 1`);
    const tpos = rows[0]?.tpos ?? after;
    await tx.query(sql`
      INSERT INTO account_entry (shard, tpos, terminal_id, outcome, received_at_ms)
      SELECT shard, tpos, terminal_id, 'failed', received_at_ms FROM transaction
      WHERE shard = ${lease.shard} AND tpos = ${tpos}::bigint AND type = 'StoredValue'`);
    await moveCursor(tx, lease, tpos, LEASE_MS);
    return tpos;
  });
}
