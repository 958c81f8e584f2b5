import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { retryDelayMs } from "../subscribers/retry-delay.ts";
import type { FeedCommon } from "./feed-file.ts";
import { DB_NOW_MS, type FeedLease } from "./feed-lease.ts";
import type { RunEnd, RunWish } from "./run-feed.ts";

/** A system may ask for patience; past a day it is a mistake. */
const RETRY_AFTER_MAX_MS = 86_400_000;

/** A feed that has something to do now. */
export interface DueFeed {
  readonly name: string;
  readonly createdAtMs: number;
  readonly failures: number;
  readonly wish: RunWish;
  /** Which wish that is; a later one is not fulfilled by this run. */
  readonly wishNumber: number;
}

interface DueRow {
  name: string;
  created_at_ms: number;
  failures: number;
  wish: "poll" | "full" | null;
  wish_deletions: boolean;
  wish_number: number;
  due: boolean;
}

const dueOf = (row: DueRow): DueFeed => ({
  name: row.name,
  createdAtMs: row.created_at_ms,
  failures: row.failures,
  wish: {
    full: row.wish === "full",
    allowDeletions: row.wish_deletions,
    noticesOnly: !row.due && row.wish === null,
  },
  wishNumber: row.wish_number,
});

const DUE = sql`name, created_at_ms, failures, wish, wish_deletions, wish_number, next_at_ms <= ${DB_NOW_MS} AS due`;

/**
 * Feeds that nobody holds and whose time has come. A feed that just failed is left alone until its wait is over, notices or
 * not; one that a person asked for is not.
 */
export async function dueFeeds(db: Queryable): Promise<DueFeed[]> {
  const rows = await db.query<DueRow>(sql`
    SELECT ${DUE} FROM feed f
    WHERE (lease_owner IS NULL OR lease_until_ms < ${DB_NOW_MS})
      AND (wish IS NOT NULL OR (state <> 'paused' AND (next_at_ms <= ${DB_NOW_MS}
        OR (failures = 0 AND state = 'active' AND EXISTS (SELECT 1 FROM feed_notice n WHERE n.feed = f.name)))))
    ORDER BY next_at_ms, name`);
  return rows.map(dueOf);
}

/** What is wanted of one feed, by whoever holds it. */
export async function readWish(db: Queryable, name: string): Promise<DueFeed | undefined> {
  const [row] = await db.query<DueRow>(sql`SELECT ${DUE} FROM feed WHERE name = ${name}`);
  return row && dueOf(row);
}

/** Records how a run ended, says when the next is due, and gives the feed back. */
export async function endRun(
  db: Queryable,
  { feed, fence }: FeedLease,
  of: Pick<DueFeed, "failures" | "wish" | "wishNumber"> & { readonly common: FeedCommon | undefined },
  end: RunEnd,
  random: number,
): Promise<void> {
  if (end.outcome === "lost") {
    await giveBack(db, { feed, fence });
    return;
  }
  const failed = end.outcome !== "done";
  const failures = failed ? of.failures + 1 : 0;
  const waitMs = failed ? waitAfter(of.common, end, failures, random) : (of.common?.pollMs ?? 0);
  // Notices alone move no poll.
  const moves = failed || !of.wish.noticesOnly;
  const state = end.outcome === "set-up" ? "set-up" : end.outcome === "done" ? "active" : null;
  await db.query(sql`
    UPDATE feed SET failures = ${failures}, last_run = ${JSON.stringify(end)},
      wish = CASE WHEN wish_number <> ${of.wishNumber}::bigint THEN wish END,
      wish_deletions = wish_deletions AND wish_number <> ${of.wishNumber}::bigint,
      next_at_ms = CASE WHEN ${moves} THEN ${DB_NOW_MS} + ${waitMs}::bigint ELSE next_at_ms END,
      state_at_ms = CASE WHEN state <> coalesce(${state}::text, state) THEN ${end.endedAtMs}::bigint ELSE state_at_ms END,
      reason = CASE WHEN state = 'paused' OR ${state}::text IS NULL THEN reason ELSE ${state === "set-up" ? (end.detail ?? null) : null}::text END,
      state = CASE WHEN state = 'paused' THEN state ELSE coalesce(${state}::text, state) END,
      lease_owner = NULL, lease_until_ms = 0
    WHERE name = ${feed} AND fence = ${fence}::bigint`);
}

/** Gives a feed back that nothing was done with, so that another need not wait for the lease's end. */
export async function giveBack(db: Queryable, { feed, fence }: FeedLease): Promise<void> {
  await db.query(sql`UPDATE feed SET lease_owner = NULL, lease_until_ms = 0 WHERE name = ${feed} AND fence = ${fence}::bigint`);
}

const RETRY_UNREAD = { baseMs: 30_000, capMs: 600_000 };

function waitAfter(common: FeedCommon | undefined, end: RunEnd, failures: number, random: number): number {
  if (end.outcome === "set-up") return common?.retry.probeMs ?? RETRY_UNREAD.capMs;
  // Half of the wait is certain, so that a system that is down is really left alone.
  const rule = common?.retry ?? RETRY_UNREAD;
  const waitMs = (retryDelayMs(failures, rule, 1) + retryDelayMs(failures, rule, random)) / 2;
  return Math.ceil(Math.max(waitMs, Math.min(end.retryAfterMs ?? 0, RETRY_AFTER_MAX_MS)));
}

/** Asks for a run. False: there is no such feed. */
export async function wishRun(db: Queryable, name: string, wish: { full: boolean; allowDeletions: boolean }): Promise<boolean> {
  const rows = await db.query(sql`
    UPDATE feed SET wish = CASE WHEN ${wish.full} THEN 'full' ELSE coalesce(wish, 'poll') END,
      wish_deletions = wish_deletions OR ${wish.allowDeletions}, wish_number = wish_number + 1
    WHERE name = ${name} RETURNING name`);
  return rows.length > 0;
}

/** Whether a run is still wanted, and how the last one ended. Undefined: there is no such feed. */
export async function readRuns(db: Queryable, name: string): Promise<{ wanted: boolean; lastRun: RunEnd | undefined } | undefined> {
  const [row] = await db.query<{ wish: string | null; last_run: string | null }>(sql`SELECT wish, last_run FROM feed WHERE name = ${name}`);
  if (row === undefined) return undefined;
  return { wanted: row.wish !== null, lastRun: row.last_run === null ? undefined : (JSON.parse(row.last_run) as RunEnd) };
}
