import { sql } from "../db/sql.ts";
import { LEASE_MS } from "../subscribers/hold-lease.ts";
import { deadlineIn } from "./deadline.ts";
import { DESTINATIONS_TOPIC } from "./destination-name.ts";
import type { Line } from "./line.ts";
import { recordTick, type NewException, type Recorded } from "./record-tick.ts";
import { nothingPending, type Pending, type Worker } from "./worker.ts";

/** Results are recorded at least this often: what a crash repeats at most. */
export const TICK_MS = 200;
/** And at once when there are this many: what a quick receiver takes in that time. Larger records cost less an item. */
export const TICK_RESULTS_MAX = 2_000;

/** A lease outlasts a send that starts within its first seconds; it is renewed well before they are over. */
export const leaseMsOf = ({ sendMs }: Line): number => sendMs + LEASE_MS;

export const pendingCount = ({ pending, window }: Worker): number =>
  pending.receipts.length + pending.exceptions.length + pending.resolved.length + pending.updated.length + window.held().length;

/**
 * Records everything learned since the last tick, with the cursor. When the database fails, all of it stays pending and
 * nothing is forgotten; the error goes to the caller. Throws `LeaseLost`.
 */
export async function tick(worker: Worker): Promise<void> {
  const { deps, line, lease, window } = worker;
  const leaseMs = leaseMsOf(line);
  // Reckoned from before the database is asked: it counts from later.
  const leaseUntil = deadlineIn(deps.ports, leaseMs);
  const nowMs = deps.ports.nowMs();
  const taken = worker.pending;
  const held = [...window.held()];
  const cursor = window.cursor();
  worker.pending = nothingPending();
  worker.lastTickMs = nowMs;
  let done: Recorded;
  try {
    const exceptions = [...taken.exceptions, ...held.map(asHeld)];
    done = await deps.db.transaction((tx) => recordTick(tx, line.name, lease, { ...taken, exceptions, cursor, nowMs }, leaseMs));
  } catch (error) {
    worker.pending = merge(taken, worker.pending);
    throw error;
  }
  worker.leaseUntil = leaseUntil;
  window.recorded(held);
  for (const row of [...taken.resolved, ...taken.updated]) worker.taken.delete(row.id);
  for (const key of done.freed) window.release(key);
  // Rows came or changed: one of them may be due.
  if (held.length + taken.resolved.length + taken.updated.length + taken.exceptions.length + done.woken.length > 0) worker.dueAtMs = 0;
  if (done.woken.some((shard) => shard !== lease.shard)) deps.wake.notify(DESTINATIONS_TOPIC);
  const newlyParked = [...taken.exceptions, ...taken.updated].some(({ step }) => step !== "held" && step.state === "parked");
  if (newlyParked) await standStillWhenTooManyParked(worker);
}

const asHeld = (item: { tpos: number; naturalKey: string; orderingKey: string; identity: string }): NewException => ({
  tpos: item.tpos,
  naturalKey: item.naturalKey,
  orderingKey: item.orderingKey,
  identity: item.identity,
  step: "held",
});

const merge = (older: Pending, newer: Pending): Pending => ({
  receipts: [...older.receipts, ...newer.receipts],
  exceptions: [...older.exceptions, ...newer.exceptions],
  resolved: [...older.resolved, ...newer.resolved],
  updated: [...older.updated, ...newer.updated],
});

/** One bad item is parked; when thousands are, the items are not what is wrong. */
async function standStillWhenTooManyParked({ deps, line }: Worker): Promise<void> {
  const { parkedMax, probeMs } = line.config.retry;
  const rows = await deps.db.query<{ count: number }>(sql`
    SELECT count(*) AS count FROM (
      SELECT id FROM delivery WHERE destination = ${line.name} AND state = 'parked' LIMIT ${parkedMax}) AS parked`);
  if ((rows[0]?.count ?? 0) < parkedMax) return;
  line.gate = { mode: "set-up", untilMs: deps.ports.nowMs() + probeMs, probing: false, pauses: 0, failedKeys: [] };
  line.reason = `${parkedMax} items are parked (destination.parked-limit)`;
}
