import { TillsyncError } from "@tillsync/sync-protocol";
import type { Seal } from "../destinations/seal.ts";
import { noCounts, type RunDeps } from "./feed-deps.ts";
import { takeFeed, type FeedLease } from "./feed-lease.ts";
import { endRun, giveBack, readWish, type DueFeed } from "./feed-runs.ts";
import { openFeed, type OpenFeed } from "./open-feed.ts";
import { runFeed, type RunEnd } from "./run-feed.ts";

export interface PollDeps extends RunDeps {
  /** Names this process among those on one database. */
  readonly owner: string;
  readonly seal: Seal;
  /** Lines that stay open between polls, by feed. */
  readonly open: Map<string, OpenFeed>;
}

/** Polls one feed if nobody else does. Gives how it ended; undefined: somebody else holds it, or there was nothing to do. */
export async function pollFeed(deps: PollDeps, name: string, signal: AbortSignal): Promise<RunEnd | undefined> {
  const lease = await takeFeed(deps.db, name, deps.owner);
  if (lease === undefined) return undefined;
  const due = await readWish(deps.db, name);
  if (due === undefined) return undefined;
  try {
    return await pollHeld(deps, lease, due, signal);
  } catch (error) {
    await giveBack(deps.db, lease).catch(() => undefined);
    throw error;
  }
}

async function pollHeld(deps: PollDeps, lease: FeedLease, due: DueFeed, signal: AbortSignal): Promise<RunEnd> {
  const { db, ports, log } = deps;
  const feed = await openOnce(deps, due).catch((error: unknown) => {
    if (error instanceof TillsyncError && error.code !== "db.unavailable") return error;
    throw error;
  });
  const end = feed instanceof TillsyncError ? cannotOpen(feed, ports.nowMs()) : await runFeed(deps, feed, lease, due.wish, signal);
  const common = feed instanceof TillsyncError ? undefined : feed.common;
  await endRun(db, lease, { ...due, common }, end, ports.random());
  const { outcome, code, detail } = end;
  if (outcome === "set-up") log.error({ feed: due.name, detail }, "a feed's system refuses us; what is here stays in force");
  else if (code !== undefined) log.warn({ feed: due.name, code, detail }, "a feed's run did not go through");
  return end;
}

const cannotOpen = (error: TillsyncError, nowMs: number): RunEnd => ({
  ...noCounts(),
  startedAtMs: nowMs,
  endedAtMs: nowMs,
  outcome: "set-up",
  code: error.code,
  detail: `${error.message} (${error.code})`,
});

async function openOnce(deps: PollDeps, { name, createdAtMs }: DueFeed): Promise<OpenFeed> {
  const known = deps.open.get(name);
  if (known?.createdAtMs === createdAtMs) return known;
  await known?.close();
  deps.open.delete(name);
  const feed = await openFeed(deps, name, deps.seal);
  deps.open.set(name, feed);
  return feed;
}
