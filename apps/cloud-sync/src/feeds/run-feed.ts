import { TillsyncError, type ErrorCode } from "@tillsync/sync-protocol";
import { noCounts, type Run, type RunCounts, type RunDeps } from "./feed-deps.ts";
import { FeedFailed, KEYS_MAX, type FeedPart } from "./feed-kind.ts";
import { FEED_LEASE_MS, FeedLeaseLost, renewFeed, type FeedLease } from "./feed-lease.ts";
import { includedIn } from "./included-movements.ts";
import { listNotices, strikeNotices } from "./notices.ts";
import type { OpenFeed } from "./open-feed.ts";
import { runPart } from "./run-part.ts";
import { readPart } from "./rounds.ts";
import { takePage } from "./take-page.ts";

export interface RunWish {
  /** A round that reads everything, whenever the last one was. */
  readonly full: boolean;
  readonly allowDeletions: boolean;
  /** Only what notices name: the poll is not due. */
  readonly noticesOnly: boolean;
}

export interface RunEnd extends RunCounts {
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** `lost`: another process goes on with it. */
  readonly outcome: "done" | "failed" | "set-up" | "lost";
  readonly code?: ErrorCode;
  readonly detail?: string;
  readonly retryAfterMs?: number;
}

/**
 * Runs one feed once, under its lease: what notices name, then a round of each part. The lease is kept alive meanwhile. Ends
 * with what came of it and never rejects for what the system does; what was taken until then stays.
 */
export async function runFeed(deps: RunDeps, feed: OpenFeed, lease: FeedLease, wish: RunWish, signal: AbortSignal): Promise<RunEnd> {
  const lost = new AbortController();
  const over = new AbortController();
  const run: Run = {
    ...deps,
    lease,
    common: feed.common,
    allowDeletions: wish.allowDeletions,
    signal: AbortSignal.any([signal, lost.signal]),
    counts: noCounts(),
  };
  const startedAtMs = deps.ports.nowMs();
  const beat = keepLease(deps, lease, lost, over.signal);
  const end = (how: Omit<RunEnd, keyof RunCounts | "startedAtMs" | "endedAtMs">): RunEnd => ({
    startedAtMs,
    endedAtMs: deps.ports.nowMs(),
    ...run.counts,
    ...how,
  });
  try {
    await followNotices(run, feed);
    if (!wish.noticesOnly) for (const part of feed.source.parts) await runPart(run, part, wish.full);
    if (run.counts.deletionsHeld === 0) return end({ outcome: "done" });
    return end({ outcome: "done", code: "feed.too-many-deletions", detail: `${run.counts.deletionsHeld} documents` });
  } catch (error) {
    return end(howItEnded(error));
  } finally {
    over.abort();
    await beat;
  }
}

function howItEnded(error: unknown): Pick<RunEnd, "outcome" | "code" | "detail" | "retryAfterMs"> {
  if (error instanceof FeedLeaseLost) return { outcome: "lost" };
  if (error instanceof TillsyncError) return { outcome: "failed", code: error.code, detail: error.detail ?? error.message };
  if (!(error instanceof FeedFailed)) throw error;
  const { failure } = error;
  if (failure.kind === "set-up") return { outcome: "set-up", code: "feed.set-up", detail: failure.detail };
  const retryAfterMs = failure.kind === "theirs" ? failure.retryAfterMs : undefined;
  return { outcome: "failed", code: "feed.failed", detail: failure.detail, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/** Renews the lease until the run is over; a request may take longer than a lease lasts. */
async function keepLease({ db, ports, log }: RunDeps, lease: FeedLease, lost: AbortController, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    await ports.sleep(FEED_LEASE_MS / 3, over);
    if (over.aborted) return;
    try {
      await renewFeed(db, lease);
    } catch (error) {
      if (error instanceof FeedLeaseLost) {
        lost.abort();
        return;
      }
      log.warn({ err: error, feed: lease.feed }, "a feed's lease could not be renewed; tried again");
    }
  }
}

/** Reads what notices name, from the system itself: a notice is a hint and never believed. */
async function followNotices(run: Run, feed: OpenFeed): Promise<void> {
  const part = feed.source.parts.find(({ name }) => name === feed.noticedPart);
  if (part === undefined) return;
  for (;;) {
    const notices = await listNotices(run.db, run.lease.feed, KEYS_MAX);
    if (notices.length === 0 || run.signal.aborted) return;
    await takeNoticed(
      run,
      part,
      notices.map(({ key }) => key),
    );
    await strikeNotices(run.db, run.lease.feed, notices);
    if (notices.length < KEYS_MAX) return;
  }
}

async function takeNoticed(run: Run, part: FeedPart, keys: readonly string[]): Promise<void> {
  const items = await part.items(keys);
  if (items.length === 0) return;
  const included = await includedIn(run.db, part.levels ?? []);
  const { lastRound } = await readPart(run.db, run.lease.feed, part.name);
  await takePage(run, { part: part.name, round: lastRound, included }, items);
}
