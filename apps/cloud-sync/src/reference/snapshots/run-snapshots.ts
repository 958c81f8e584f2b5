import type { Database } from "../../db/database.ts";
import type { BackgroundLog, BackgroundPorts } from "../../subscribers/ports.ts";
import { buildSnapshots, findDue } from "./build-snapshot.ts";
import { removeOldSnapshots } from "./remove-old-snapshots.ts";

/** How often it is looked whether something has changed enough. A first load without a snapshot pulls, which works as well. */
const LOOK_MS = 15_000;

export interface SnapshotDeps {
  readonly db: Database;
  readonly log: BackgroundLog;
  readonly ports: BackgroundPorts;
  /** Whether a backlog is draining: snapshots wait for its end. */
  readonly busy: () => boolean;
  /** Steps aside for a batch that comes while one is built. */
  readonly makeWay: (signal: AbortSignal) => Promise<void>;
}

/** Builds and removes snapshots until `signal` aborts. Nothing is begun while ingest is under pressure. Never rejects. */
export async function runSnapshots(deps: SnapshotDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await keepSnapshots(deps, signal);
    } catch (error) {
      deps.log.warn({ err: error }, "snapshots of reference data could not be built and are tried again");
    }
    await deps.ports.sleep(LOOK_MS, signal);
  }
}

async function keepSnapshots(deps: SnapshotDeps, signal: AbortSignal): Promise<void> {
  if (deps.busy()) return;
  const options = { nowMs: () => deps.ports.nowMs(), makeWay: () => deps.makeWay(signal) };
  for (const due of await findDue(deps.db)) {
    if (signal.aborted || deps.busy()) return;
    for (const built of await buildSnapshots(deps.db, options, [due])) deps.log.info(built, "a snapshot of reference data was built");
  }
  await removeOldSnapshots(deps.db, deps.ports.nowMs());
}
