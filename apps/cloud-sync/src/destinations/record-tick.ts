import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import type { Lease } from "../subscribers/cursor.ts";
import { moveCursor } from "../subscribers/cursor.ts";
import { wakeSettled, wakeWaiting } from "./causes.ts";
import { lockForWrite } from "./lock-for-write.ts";
import { promoteNext } from "./promote-next.ts";
import { insertReceipts, type Receipt } from "./record-receipts.ts";
import type { NextStep } from "./retry-rule.ts";

/** An item of the window that failed, or is held behind one that did. */
export interface NewException {
  readonly tpos: number;
  readonly naturalKey: string;
  readonly orderingKey: string;
  readonly identity: string;
  readonly step: NextStep | "held";
}

/** What a worker learned since its last tick. */
export interface Tick {
  readonly cursor: number;
  readonly receipts: readonly Receipt[];
  readonly exceptions: readonly NewException[];
  /** Rows of `delivery` that arrived now, with their ordering keys; undefined for those of replays. */
  readonly resolved: readonly { readonly id: number; readonly orderingKey: string | undefined }[];
  readonly updated: readonly { readonly id: number; readonly orderingKey: string | undefined; readonly step: NextStep }[];
  readonly nowMs: number;
}

export interface Recorded {
  /** Ordering keys that have no exception left. */
  readonly freed: readonly string[];
  /** Shards in which something waited for what has arrived now. */
  readonly woken: readonly string[];
}

/**
 * Writes results and cursor in one transaction, under the cursor's lock: after a crash either both are there or the
 * items are sent again under the same identity. What waited for a receipt that arrived is due before its key goes on.
 * Throws `LeaseLost`.
 */
export async function recordTick(tx: Queryable, destination: string, lease: Lease, tick: Tick, leaseMs: number): Promise<Recorded> {
  const { shard } = lease;
  await lockForWrite(tx, lease);
  await insertReceipts(tx, destination, shard, tick.receipts);
  await updateRows(tx, tick);
  await insertExceptions(tx, destination, shard, tick);
  await deleteResolved(tx, tick);
  const arrived = [...new Set(tick.receipts.flatMap((row) => row.provides))];
  const woken = await wakeWaiting(tx, destination, arrived, tick.nowMs);
  woken.push(...(await wakeSettled(tx, destination, waitedFor(tick), tick.nowMs)));
  const resolved = keysOf(tick.resolved);
  const failed = keysOf([...tick.updated, ...tick.exceptions]);
  const busy = new Set(await promoteNext(tx, destination, shard, [...new Set([...resolved, ...failed])], tick.nowMs));
  await moveCursor(tx, lease, tick.cursor, leaseMs);
  return { freed: resolved.filter((key) => !busy.has(key)), woken };
}

/** Causes that were not recorded when we looked; by now another process may have recorded them. */
const waitedFor = (tick: Tick): string[] =>
  [...tick.updated, ...tick.exceptions].flatMap(({ step }) => (step === "held" || step.saidByReceiver === true ? [] : (step.cause ?? [])));

const keysOf = (rows: readonly { readonly orderingKey: string | undefined }[]): string[] => [
  ...new Set(rows.flatMap((row) => row.orderingKey ?? [])),
];

async function updateRows(tx: Queryable, tick: Tick): Promise<void> {
  if (tick.updated.length === 0) return;
  const rows = tick.updated.map(({ id, step }) => ({ id, ...columnsOf(step) }));
  await tx.query(sql`
    UPDATE delivery d SET state = r.state, attempts = r.attempts, last_at_ms = ${tick.nowMs}::bigint, next_at_ms = r.next_at_ms,
      code = r.code, detail = r.detail, cause = r.cause, deadline_at_ms = r.deadline_at_ms, uncertain_at_ms = r.uncertain_at_ms
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS r (id bigint, state text, attempts int, next_at_ms bigint, code text,
      detail text, cause text, deadline_at_ms bigint, uncertain_at_ms bigint)
    WHERE d.id = r.id`);
}

/** Failures of the window, and what is held behind them, in their order. */
async function insertExceptions(tx: Queryable, destination: string, shard: string, tick: Tick): Promise<void> {
  if (tick.exceptions.length === 0) return;
  const rows = tick.exceptions
    .map((row) => ({
      tpos: row.tpos,
      natural_key: row.naturalKey,
      ordering_key: row.orderingKey,
      identity: row.identity,
      ...(row.step === "held" ? { state: "held", attempts: 0 } : columnsOf(row.step)),
    }))
    .toSorted((a, b) => a.tpos - b.tpos);
  await tx.query(sql`
    INSERT INTO delivery (destination, shard, tpos, natural_key, ordering_key, identity, state, attempts, first_at_ms, last_at_ms,
      next_at_ms, code, detail, cause, deadline_at_ms, uncertain_at_ms)
    SELECT ${destination}, ${shard}, tpos, natural_key, ordering_key, identity, state, attempts, ${tick.nowMs}::bigint, ${tick.nowMs}::bigint,
      next_at_ms, code, detail, cause, deadline_at_ms, uncertain_at_ms
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS r (tpos bigint, natural_key text, ordering_key text, identity text, state text,
      attempts int, next_at_ms bigint, code text, detail text, cause text, deadline_at_ms bigint, uncertain_at_ms bigint)
    ORDER BY tpos ON CONFLICT (destination, shard, tpos) WHERE replay IS NULL DO NOTHING`);
}

const columnsOf = (step: NextStep) => ({
  state: step.state,
  attempts: step.attempts,
  next_at_ms: step.nextAtMs,
  code: step.code,
  detail: step.detail,
  cause: step.cause,
  deadline_at_ms: step.deadlineAtMs,
  uncertain_at_ms: step.uncertainAtMs,
});

async function deleteResolved(tx: Queryable, tick: Tick): Promise<void> {
  if (tick.resolved.length === 0) return;
  await tx.query(sql`DELETE FROM delivery WHERE id = ANY(${tick.resolved.map((row) => row.id)}::bigint[])`);
}
