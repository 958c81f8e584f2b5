import { sql } from "../db/sql.ts";
import { readCursor, renewLease, type Lease } from "../subscribers/cursor.ts";
import { createArrivals } from "./arrivals.ts";
import { deadlineIn } from "./deadline.ts";
import type { Line } from "./line.ts";
import type { LoadedItem } from "./load-items.ts";
import { isRepeatHarmless } from "./look-up-rule.ts";
import { leaseMsOf } from "./tick.ts";
import { createWindow } from "./window.ts";
import { nothingPending, type Controls, type DispatchDeps, type Worker } from "./worker.ts";

/**
 * Takes up where the last life stopped: cursor, what is recorded above it, and the keys that have exceptions. Throws `LeaseLost`.
 */
export async function openWorker(deps: DispatchDeps, line: Line, lease: Lease, controls: Controls): Promise<Worker> {
  const leaseUntil = deadlineIn(deps.ports, leaseMsOf(line));
  await renewLease(deps.db, lease, leaseMsOf(line));
  const cursor = await readCursor(deps.db, lease.subscriber, lease.shard);
  const ahead = await deps.db.query<{ tpos: number }>(sql`
    SELECT tpos FROM receipt WHERE destination = ${line.name} AND shard = ${lease.shard} AND tpos > ${cursor}::bigint
    UNION SELECT tpos FROM delivery
    WHERE destination = ${line.name} AND shard = ${lease.shard} AND replay IS NULL AND tpos > ${cursor}::bigint`);
  const keys = await deps.db.query<{ ordering_key: string }>(sql`
    SELECT DISTINCT ordering_key FROM delivery
    WHERE destination = ${line.name} AND shard = ${lease.shard} AND replay IS NULL AND released_at_ms IS NULL`);
  // The database may be another than when this process last looked: one that was restored.
  deps.pages.forget(lease.shard);
  const window = createWindow<LoadedItem>(cursor, { keyOrder: controls.keyOrder });
  for (const row of keys) window.block(row.ordering_key);
  return {
    deps,
    line,
    lease,
    controls,
    leaseUntil,
    sendFromMs: sendFrom(deps, line, lease, controls),
    window,
    recordedAhead: new Set(ahead.map((row) => row.tpos)),
    readPos: cursor,
    logHasMore: true,
    due: [],
    taken: new Set(),
    dueAtMs: 0,
    inFlight: 0,
    sends: new Set(),
    arrivals: createArrivals(),
    replayJobs: [],
    replaysOut: new Set(),
    liveKeys: new Map(),
    replayKeys: new Map(),
    replayWasLast: false,
    pending: nothingPending(),
    lastTickMs: deps.ports.nowMs(),
    lookAtMs: 0,
    draining: false,
    stopped: false,
    ring: () => undefined,
  };
}

/**
 * Whoever had the shard before and did not give it back may have sent what it never recorded. Its sends have ended: they
 * never outlast a lease, nor their process. Where a repeat is harmless that is enough; elsewhere a look-up must find
 * what the receiver is still at work on.
 */
function sendFrom({ ports }: DispatchDeps, { config, repeatability }: Line, { takenOver }: Lease, controls: Controls): number {
  return takenOver && controls.fencing && !isRepeatHarmless(repeatability) ? ports.nowMs() + config.retry.settleMs : 0;
}
