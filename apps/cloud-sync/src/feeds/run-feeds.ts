import type { Wake } from "../event-log/wake.ts";
import { dueFeeds } from "./feed-runs.ts";
import { FEEDS_TOPIC, listFeeds } from "./feed.ts";
import { pollFeed, type PollDeps } from "./poll-feed.ts";

/** Feeds that are due are seen this soon without a wake-up. */
const LOOK_MS = 1_000;
/** Feeds that one process reads at once: each holds a page of records and a connection. */
const FEEDS_AT_ONCE = 4;

export interface FeedsDeps extends Omit<PollDeps, "open"> {
  readonly wake: Wake;
}

/** Polls every feed there is when it is due, each by one process at a time, until `signal` aborts. Never rejects. */
export async function runFeeds(given: FeedsDeps, signal: AbortSignal): Promise<void> {
  const deps: PollDeps = { ...given, open: new Map() };
  const running = new Map<string, Promise<void>>();
  while (!signal.aborted) {
    const since = given.wake.mark(FEEDS_TOPIC);
    const due = await dueFeeds(deps.db).catch((error: unknown) => {
      deps.log.warn({ err: error }, "feeds cannot be read; tried again");
      return [];
    });
    for (const { name } of due) {
      if (running.has(name) || running.size >= FEEDS_AT_ONCE) continue;
      running.set(
        name,
        pollQuietly(deps, name, signal).finally(() => {
          running.delete(name);
          given.wake.notify(FEEDS_TOPIC);
        }),
      );
    }
    await closeRemoved(deps, running);
    await given.wake.wait(FEEDS_TOPIC, LOOK_MS, signal, since);
  }
  await Promise.all(running.values());
  await Promise.all([...deps.open.values()].map((feed) => feed.close()));
}

async function pollQuietly(deps: PollDeps, name: string, signal: AbortSignal): Promise<void> {
  try {
    await pollFeed(deps, name, signal);
  } catch (error) {
    deps.log.warn({ err: error, feed: name }, "a feed could not be polled; tried again");
    // The database is away, or it is a mistake of ours: not at once again.
    await deps.ports.sleep(LOOK_MS * (1 + deps.ports.random()), signal);
  }
}

async function closeRemoved({ db, open }: PollDeps, running: ReadonlyMap<string, unknown>): Promise<void> {
  if (open.size === 0) return;
  const names = await listFeeds(db).then(
    (feeds) => new Set(feeds.map(({ name }) => name)),
    () => undefined,
  );
  if (names === undefined) return;
  for (const [name, feed] of open)
    if (!names.has(name) && !running.has(name)) {
      open.delete(name);
      await feed.close();
    }
}
