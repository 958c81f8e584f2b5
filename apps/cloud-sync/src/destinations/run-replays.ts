import { LeaseLost } from "../subscribers/cursor.ts";
import { DESTINATIONS_TOPIC } from "./destination-name.ts";
import { activeReplays, finishReplays, readPlace, type ReplayRow } from "./replay.ts";
import { replayPage } from "./replay-page.ts";
import type { Worker } from "./worker.ts";

const POLL_MS = 1_000;
/** Of one destination and shard at once. */
const REPLAYS_MAX = 4;

/**
 * Works a destination's replays in the worker's shard, several side by side and beside the live run, under the same
 * lease: one process alone sends. Until `signal` aborts; never rejects.
 */
export async function runReplays(worker: Worker, signal: AbortSignal): Promise<void> {
  const { deps, line, lease } = worker;
  const running = new Map<number, Promise<void>>();
  while (!signal.aborted) {
    const since = deps.wake.mark(DESTINATIONS_TOPIC);
    try {
      for (const replay of await activeReplays(deps.db, line.name, lease.shard)) {
        if (running.has(replay.id) || running.size >= REPLAYS_MAX) continue;
        running.set(
          replay.id,
          runReplay(worker, replay, signal).finally(() => running.delete(replay.id)),
        );
      }
      const done = await finishReplays(deps.db, line.name, deps.ports.nowMs());
      for (const replay of done) deps.log.info({ destination: line.name, replay }, "a replay is done");
    } catch (error) {
      deps.log.warn({ err: error, destination: line.name }, "replays wait for the database");
      await deps.ports.sleep(POLL_MS, signal);
    }
    await deps.wake.wait(DESTINATIONS_TOPIC, POLL_MS, signal, since);
  }
  await Promise.all(running.values());
}

/** Works one replay to its end in this shard. Never rejects. */
async function runReplay(worker: Worker, replay: ReplayRow, signal: AbortSignal): Promise<void> {
  const { deps, line, lease } = worker;
  while (!signal.aborted) {
    try {
      const place = await readPlace(deps.db, replay.id, lease.shard);
      if (place === undefined) return deps.wake.notify(DESTINATIONS_TOPIC);
      await replayPage(worker, replay, place, signal);
    } catch (error) {
      if (error instanceof LeaseLost) return;
      deps.log.warn({ err: error, destination: line.name, replay: replay.id }, "a replay failed and is tried again");
      await deps.ports.sleep(POLL_MS, signal);
    }
  }
}
