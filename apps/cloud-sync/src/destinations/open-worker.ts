import { sql } from "../db/sql.ts";
import type { Lease } from "../subscribers/cursor.ts";
import { readCursor } from "../subscribers/cursor.ts";
import type { Line } from "./line.ts";
import type { LoadedItem } from "./load-items.ts";
import { createWindow } from "./window.ts";
import { nothingPending, type DispatchDeps, type Worker } from "./worker.ts";

/** Takes up where the last life stopped: cursor, what is recorded above it, and the keys that have exceptions. */
export async function openWorker(deps: DispatchDeps, line: Line, lease: Lease, keyOrder: boolean): Promise<Worker> {
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
  const window = createWindow<LoadedItem>(cursor, { keyOrder });
  for (const row of keys) window.block(row.ordering_key);
  return {
    deps,
    line,
    lease,
    window,
    recordedAhead: new Set(ahead.map((row) => row.tpos)),
    readPos: cursor,
    logHasMore: true,
    due: [],
    taken: new Set(),
    dueAtMs: 0,
    inFlight: 0,
    pending: nothingPending(),
    lastTickMs: deps.ports.nowMs(),
    lookAtMs: 0,
    draining: false,
    stopped: false,
    ring: () => undefined,
  };
}
