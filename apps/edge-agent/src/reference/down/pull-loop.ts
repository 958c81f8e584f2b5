import { collections, PULL_DOCUMENTS_MAX, type Collection } from "@tillsync/sync-protocol";
import { POLL_MS, POLL_WITH_STREAM_MS } from "../limits.ts";
import { adoptedScopes } from "../store/adopt-scopes.ts";
import { isLoading, keepTrying, markDirty, type Down } from "./down.ts";
import { pullPage } from "./pull-page.ts";

/**
 * Pulls what is known to have changed, a page at a time, the collections in their order, until the run ends; everything
 * now and then, in case word of it was lost.
 */
export function runPulls(down: Down): Promise<void> {
  const size = { documents: PULL_DOCUMENTS_MAX };
  const failures = new Map<Collection, number>();
  return keepTrying(down, "pull", async () => {
    const next = nextToPull(down, failures);
    if (next === undefined) return waitForWork(down);
    // Before the question: word that comes while it is under way is not lost.
    down.dirty.delete(next);
    try {
      const { store, line, signal, ports } = down;
      const scopes = adoptedScopes(store.file);
      const came = await pullPage({ store, line, signal, scopes, size, monotonicMs: ports.monotonicMs }, next);
      failures.delete(next);
      if (came === "more") down.dirty.add(next);
      else down.asOf.set(next, ports.wallMs());
    } catch (error) {
      failures.set(next, (failures.get(next) ?? 0) + 1);
      down.dirty.add(next);
      throw error;
    }
  });
}

/** One that fails does not keep the others waiting: those that failed less come first. */
function nextToPull(down: Down, failures: ReadonlyMap<Collection, number>): Collection | undefined {
  if (!down.planned) return undefined;
  const open = collections.filter((collection) => down.dirty.has(collection) && !isLoading(down, collection));
  return open.toSorted((a, b) => (failures.get(a) ?? 0) - (failures.get(b) ?? 0))[0];
}

async function waitForWork(down: Down): Promise<void> {
  const before = down.dirty.size;
  const ms = down.live ? POLL_WITH_STREAM_MS : POLL_MS;
  await down.bells.pull.wait(ms * (0.8 + 0.4 * down.ports.random()), down.signal);
  if (before === 0 && down.dirty.size === 0 && !down.signal.aborted) markDirty(down, ...collections);
}
