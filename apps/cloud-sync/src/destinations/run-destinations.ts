import { TillsyncError } from "@tillsync/sync-protocol";
import { followShards } from "../subscribers/follow-shards.ts";
import { listDestinations, setDestinationState } from "./destination.ts";
import { DESTINATIONS_TOPIC } from "./destination-name.ts";
import { dispatchShard } from "./dispatch-shard.ts";
import { openLine } from "./line.ts";
import { runReplays } from "./run-replays.ts";
import type { Seal } from "./seal.ts";
import type { DispatchDeps } from "./worker.ts";

/** New destinations are seen this soon without a wake-up. */
const POLL_MS = 1_000;
/** A destination whose secrets do not open is tried again this often. */
const OPEN_RETRY_MS = 30_000;

/** Runs every destination there is, and each that is added later, until `signal` aborts. Never rejects. */
export async function runDestinations(deps: DispatchDeps, seal: Seal, signal: AbortSignal): Promise<void> {
  const running = new Map<string, Promise<void>>();
  while (!signal.aborted) {
    const since = deps.wake.mark(DESTINATIONS_TOPIC);
    const destinations = await listDestinations(deps.db).catch((error: unknown) => {
      deps.log.warn({ err: error }, "destinations cannot be read; tried again");
      return [];
    });
    for (const { name } of destinations) if (!running.has(name)) running.set(name, runDestination(deps, name, seal, signal));
    await deps.wake.wait(DESTINATIONS_TOPIC, POLL_MS, signal, since);
  }
  await Promise.all(running.values());
}

async function runDestination(deps: DispatchDeps, name: string, seal: Seal, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const line = await openLine(deps.db, name, seal, deps.ports);
      const replays = runReplays(deps, line, signal);
      await followShards(deps, signal, (shard) => dispatchShard(deps, line, shard, signal));
      await replays;
      await line.session.close();
      return;
    } catch (error) {
      await standStill(deps, name, error);
      await deps.ports.sleep(OPEN_RETRY_MS, signal);
    }
  }
}

/** What keeps a destination from opening is for a person to correct; nothing is lost meanwhile. */
async function standStill(deps: DispatchDeps, name: string, error: unknown): Promise<void> {
  deps.log.error({ err: error, destination: name }, "a destination cannot be opened");
  if (!(error instanceof TillsyncError) || error.code === "db.unavailable") return;
  const to = { state: "set-up" as const, reason: `${error.message} (${error.code})`, only: "active" as const };
  await setDestinationState(deps.db, name, to, deps.ports.nowMs()).catch(() => undefined);
}
