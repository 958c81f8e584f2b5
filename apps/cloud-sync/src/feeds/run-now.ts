import { TillsyncError } from "@tillsync/sync-protocol";
import { wishRun, readRuns } from "./feed-runs.ts";
import type { OpenFeed } from "./open-feed.ts";
import { pollFeed, type PollDeps } from "./poll-feed.ts";
import type { RunEnd } from "./run-feed.ts";

/** Whether a run elsewhere has ended is asked this often. */
const LOOK_MS = 250;

/**
 * Runs a feed once, here, or waits until the process that holds it has done so: also a paused one. Gives how it ended.
 * Throws `feed.unknown`, and `feed.busy` when it has not ended in time; the run takes place all the same.
 */
export async function runNow(
  deps: Omit<PollDeps, "open">,
  name: string,
  wish: { full: boolean; allowDeletions: boolean; waitMs: number; wake: () => Promise<unknown> },
): Promise<RunEnd> {
  if (!(await wishRun(deps.db, name, wish))) throw new TillsyncError("feed.unknown", name);
  const open = new Map<string, OpenFeed>();
  const untilMs = deps.ports.nowMs() + wish.waitMs;
  try {
    const here = await pollFeed({ ...deps, open }, name, new AbortController().signal);
    if (here !== undefined) return here;
    await wish.wake();
    for (;;) {
      const now = await readRuns(deps.db, name);
      if (now === undefined) throw new TillsyncError("feed.unknown", name);
      if (!now.wanted && now.lastRun !== undefined) return now.lastRun;
      if (deps.ports.nowMs() >= untilMs) throw new TillsyncError("feed.busy", name);
      await deps.ports.sleep(LOOK_MS);
    }
  } finally {
    for (const feed of open.values()) await feed.close();
  }
}
