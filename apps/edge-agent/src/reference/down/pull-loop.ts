import { collections, PULL_DOCUMENTS_MAX, TillsyncError, type Collection } from "@tillsync/sync-protocol";
import { POLL_MS, POLL_WITH_STREAM_MS } from "../limits.ts";
import { adoptedScopes } from "../store/adopt-scopes.ts";
import { isLoading, keepTrying, markDirty, noteFailure, type Down } from "./down.ts";
import { LineFailed } from "./line-failed.ts";
import { retryMs } from "./pauses.ts";
import { pullPage } from "./pull-page.ts";

/** A collection whose pull fails by itself. */
interface Failing {
  readonly times: number;
  /** By the steady clock. */
  readonly notBeforeMs: number;
}

/**
 * Pulls what is known to have changed, a page at a time, the collections in their order, until the run ends; everything
 * now and then, in case word of it was lost. What fails for one collection alone does not keep the others waiting.
 */
export function runPulls(down: Down): Promise<void> {
  const size = { documents: PULL_DOCUMENTS_MAX };
  const failing = new Map<Collection, Failing>();
  return keepTrying(down, "pull", async () => {
    const next = nextToPull(down, failing);
    if (next === undefined) {
      await waitForWork(down, failing);
      return failing.size > 0 ? "still-failing" : undefined;
    }
    // Before the question: word that comes while it is under way is not lost.
    down.dirty.delete(next);
    try {
      const { store, line, signal, ports } = down;
      const scopes = adoptedScopes(store.file);
      const came = await pullPage({ store, line, signal, scopes, size, monotonicMs: ports.monotonicMs }, next);
      failing.delete(next);
      if (came === "more") down.dirty.add(next);
      else down.asOf.set(next, ports.wallMs());
    } catch (error) {
      down.dirty.add(next);
      if (down.signal.aborted || !isOfOne(error)) throw error;
      const times = (failing.get(next)?.times ?? 0) + 1;
      const code = noteFailure(down, "pull", error);
      const waitMs = retryMs(times, code, error instanceof LineFailed ? error.retryAfterMs : undefined, down.ports.random);
      failing.set(next, { times, notBeforeMs: down.ports.monotonicMs() + waitMs });
    }
    return failing.size > 0 ? "still-failing" : undefined;
  });
}

/** Failures that say something of one answer, and nothing of the line or of the store. */
const OF_ONE: ReadonlySet<string> = new Set(["internal.unexpected", "wire.malformed", "wire.too-large", "wire.deadline", "wire.not-found"]);

const isOfOne = (error: unknown): boolean =>
  error instanceof TillsyncError && (OF_ONE.has(error.code) || error.code.startsWith("reference."));

/** One whose turn has come may still wait for its first load: it is not looked at all the time. */
const WAIT_MIN_MS = 250;

function nextToPull(down: Down, failing: ReadonlyMap<Collection, Failing>): Collection | undefined {
  if (!down.planned) return undefined;
  const nowMs = down.ports.monotonicMs();
  return collections.find(
    (collection) => down.dirty.has(collection) && !isLoading(down, collection) && (failing.get(collection)?.notBeforeMs ?? 0) <= nowMs,
  );
}

async function waitForWork(down: Down, failing: ReadonlyMap<Collection, Failing>): Promise<void> {
  const before = down.dirty.size;
  const pollMs = (down.live ? POLL_WITH_STREAM_MS : POLL_MS) * (0.8 + 0.4 * down.ports.random());
  const nowMs = down.ports.monotonicMs();
  const soonest = Math.min(...[...failing.values()].map(({ notBeforeMs }) => Math.max(WAIT_MIN_MS, notBeforeMs - nowMs)));
  await down.bells.pull.wait(Math.min(pollMs, soonest), down.signal);
  if (before === 0 && down.dirty.size === 0 && !down.signal.aborted && !isReplaced(down)) markDirty(down, ...collections);
}

const isReplaced = ({ store, file }: Down): boolean => store.file !== file;
