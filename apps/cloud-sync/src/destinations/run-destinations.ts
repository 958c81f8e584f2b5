import { TillsyncError } from "@tillsync/sync-protocol";
import { followShards } from "../subscribers/follow-shards.ts";
import { createLeaseShare } from "../subscribers/lease-share.ts";
import { listDestinations, readDestinationState, setDestinationState, type Destination } from "./destination.ts";
import { DESTINATIONS_TOPIC } from "./destination-name.ts";
import { dispatchShard } from "./dispatch-shard.ts";
import { openGate } from "./gate.ts";
import { openLine, type Line } from "./line.ts";
import { createLogPages } from "./log-pages.ts";
import { shareDestinations } from "./share-destinations.ts";
import type { Seal } from "./seal.ts";
import { refusingSession, switchedSession, type SwitchedSession } from "./switch-session.ts";
import type { DispatchDeps } from "./worker.ts";

/** New, changed and removed destinations are seen this soon without a wake-up. */
const POLL_MS = 1_000;
/** A destination whose secrets do not open is tried again this often, and after each command. */
const OPEN_RETRY_MS = 30_000;

interface Running {
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

/**
 * Runs every destination there is, and each that is added later, until `signal` aborts. A changed configuration is taken
 * over while items are under way; a removed destination ends. Never rejects.
 */
export async function runDestinations(given: Omit<DispatchDeps, "pages">, seal: Seal, signal: AbortSignal): Promise<void> {
  const share = createLeaseShare();
  const deps: DispatchDeps = { ...given, pages: createLogPages(), share };
  const sharing = await shareDestinations(deps, share, signal);
  const running = new Map<string, Running>();
  while (!signal.aborted) {
    const since = deps.wake.mark(DESTINATIONS_TOPIC);
    const destinations = await listDestinations(deps.db).catch((error: unknown) => {
      deps.log.warn({ err: error }, "destinations cannot be read; tried again");
      return undefined;
    });
    if (destinations !== undefined) follow(deps, seal, signal, running, destinations);
    await deps.wake.wait(DESTINATIONS_TOPIC, POLL_MS, signal, since);
  }
  await Promise.all([...running.values()].map(({ done }) => done));
  await sharing.done;
}

function follow(
  deps: DispatchDeps,
  seal: Seal,
  signal: AbortSignal,
  running: Map<string, Running>,
  destinations: readonly Destination[],
): void {
  for (const { key } of destinations) {
    if (running.has(key)) continue;
    const stop = new AbortController();
    const done = runDestination(deps, key, seal, AbortSignal.any([signal, stop.signal])).then(() => void running.delete(key));
    running.set(key, { stop, done });
  }
  const keys = new Set(destinations.map(({ key }) => key));
  for (const [key, { stop }] of running) if (!keys.has(key)) stop.abort();
}

async function runDestination(deps: DispatchDeps, key: string, seal: Seal, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const since = deps.wake.mark(DESTINATIONS_TOPIC);
    try {
      const { version } = await readDestinationState(deps.db, key);
      const opened = await openLine(deps.db, key, seal, deps.ports);
      const switched = switchedSession(opened.session, (err) => deps.log.warn({ err, destination: key }, "closing a line failed"));
      const line: Line = { ...opened, session: switched.session };
      const changes = followChanges(deps, { line, switched, seal, version }, signal);
      await followShards(deps, signal, (shard) => dispatchShard(deps, line, shard, signal));
      await changes;
      await line.session.close();
      return;
    } catch (error) {
      await standStill(deps, key, error);
      await deps.wake.wait(DESTINATIONS_TOPIC, OPEN_RETRY_MS, signal, since);
    }
  }
}

/** Opens the line anew whenever the configuration has changed. Never rejects. */
async function followChanges(
  deps: DispatchDeps,
  of: { line: Line; switched: SwitchedSession; seal: Seal; version: number },
  signal: AbortSignal,
): Promise<void> {
  const { line, switched, seal } = of;
  let { version } = of;
  while (!signal.aborted) {
    const since = deps.wake.mark(DESTINATIONS_TOPIC);
    let waitMs = POLL_MS;
    try {
      const now = await readDestinationState(deps.db, line.name);
      if (now.version !== version) {
        await takeOver(deps, line, switched, seal);
        version = now.version;
        deps.log.info({ destination: line.name, version }, "a destination's new configuration is in force");
      }
    } catch (error) {
      if (isFinal(error)) {
        // The former configuration is none any more: rather nothing is sent than by it.
        switched.switchTo(refusingSession(`${error.message} (${error.code})`));
        line.gate = { ...openGate, mode: "set-up" };
        line.reason = `${error.message} (${error.code})`;
        waitMs = OPEN_RETRY_MS;
      }
      await standStill(deps, line.name, error);
    }
    await deps.wake.wait(DESTINATIONS_TOPIC, waitMs, signal, since);
  }
}

/** The line keeps its place in the process: workers and replays see the new configuration with their next item. */
async function takeOver(deps: DispatchDeps, line: Line, switched: SwitchedSession, seal: Seal): Promise<void> {
  const { session, gate: _gate, state: _state, reason: _reason, ...rest } = await openLine(deps.db, line.name, seal, deps.ports);
  Object.assign(line, rest);
  switched.switchTo(session);
  line.gate = openGate;
}

/** What keeps a destination from opening is for a person to correct; nothing is lost meanwhile. */
async function standStill(deps: DispatchDeps, key: string, error: unknown): Promise<void> {
  if (error instanceof TillsyncError && error.code === "destination.unknown") return;
  deps.log.error({ err: error, destination: key }, "a destination cannot be opened");
  if (!isFinal(error)) return;
  const to = { state: "set-up" as const, reason: `${error.message} (${error.code})`, only: "active" as const };
  await setDestinationState(deps.db, key, to, deps.ports.nowMs()).catch(() => undefined);
}

/** Neither the database's absence nor a bug of ours: it is about the destination itself. */
const isFinal = (error: unknown): error is TillsyncError => error instanceof TillsyncError && error.code !== "db.unavailable";
