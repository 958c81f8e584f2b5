import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import type { Lease } from "../subscribers/cursor.ts";
import { lockLeasedCursor, moveCursor } from "../subscribers/cursor.ts";
import { writeTotals } from "../transactions/write-page.ts";
import { deliveredTotal } from "./destination-name.ts";
import { promoteNext } from "./promote-next.ts";
import type { NextStep } from "./retry-rule.ts";

export interface Receipt {
  readonly tpos: number;
  readonly identity: string;
  readonly status: number | undefined;
  readonly vendorId: string | undefined;
  readonly answerHash: Uint8Array | undefined;
  readonly atMs: number;
}

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
  /** Rows of `delivery` that arrived now, with their ordering keys. */
  readonly resolved: readonly { readonly id: number; readonly orderingKey: string | undefined }[];
  readonly updated: readonly { readonly id: number; readonly step: NextStep }[];
  readonly nowMs: number;
}

/**
 * Writes results and cursor in one transaction, under the cursor's lock: after a crash either both are there or the
 * items are sent again under the same identity. Gives the ordering keys that have no exception left.
 * Throws `LeaseLost`.
 */
export async function recordTick(tx: Queryable, destination: string, lease: Lease, tick: Tick, leaseMs: number): Promise<string[]> {
  await lockLeasedCursor(tx, lease);
  await insertReceipts(tx, destination, lease.shard, tick.receipts);
  await updateRows(tx, tick);
  await insertExceptions(tx, destination, lease.shard, tick);
  const freed = await removeResolved(tx, destination, lease.shard, tick);
  await moveCursor(tx, lease, tick.cursor, leaseMs);
  return freed;
}

/** A receipt that is there already is left as it is: a replay proves nothing new. */
export async function insertReceipts(tx: Queryable, destination: string, shard: string, receipts: readonly Receipt[]): Promise<void> {
  if (receipts.length === 0) return;
  const rows = receipts.map((row) => ({
    tpos: row.tpos,
    identity: row.identity,
    status: row.status,
    vendor_id: row.vendorId,
    answer_hash: row.answerHash && Buffer.from(row.answerHash).toString("hex"),
    at_ms: row.atMs,
  }));
  const added = await tx.query(sql`
    INSERT INTO receipt (destination, shard, tpos, identity, outcome, status, vendor_id, answer_hash, at_ms)
    SELECT ${destination}, ${shard}, tpos, identity, 'delivered', status, vendor_id, decode(answer_hash, 'hex'), at_ms
    FROM json_to_recordset(${JSON.stringify(rows)}::json)
      AS r (tpos bigint, identity text, status int, vendor_id text, answer_hash text, at_ms bigint)
    ON CONFLICT DO NOTHING RETURNING tpos`);
  await writeTotals(tx, shard, new Map([[deliveredTotal(destination), BigInt(added.length)]]));
}

async function updateRows(tx: Queryable, tick: Tick): Promise<void> {
  if (tick.updated.length === 0) return;
  const rows = tick.updated.map(({ id, step }) => ({ id, ...columnsOf(step) }));
  await tx.query(sql`
    UPDATE delivery d SET state = r.state, attempts = r.attempts, last_at_ms = ${tick.nowMs}::bigint, next_at_ms = r.next_at_ms,
      code = r.code, detail = r.detail
    FROM json_to_recordset(${JSON.stringify(rows)}::json)
      AS r (id bigint, state text, attempts int, next_at_ms bigint, code text, detail text)
    WHERE d.id = r.id`);
}

/**
 * Failures of the window, and what is held behind them. A held item whose forerunner is gone meanwhile (a person skipped
 * it) is due at once; rows go in in their order, so that each sees the ones before it.
 */
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
      next_at_ms, code, detail)
    SELECT ${destination}, ${shard}, tpos, natural_key, ordering_key, identity, state, attempts, ${tick.nowMs}::bigint, ${tick.nowMs}::bigint,
      next_at_ms, code, detail
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS r (tpos bigint, natural_key text, ordering_key text, identity text,
      state text, attempts int, next_at_ms bigint, code text, detail text)
    ORDER BY tpos ON CONFLICT (destination, shard, tpos) WHERE replay IS NULL DO NOTHING`);
  const held = rows.filter((row) => row.state === "held").map((row) => row.ordering_key);
  if (held.length > 0) await promoteNext(tx, destination, shard, [...new Set(held)], tick.nowMs);
}

const columnsOf = (step: NextStep) => ({
  state: step.state,
  attempts: step.attempts,
  next_at_ms: step.nextAtMs,
  code: step.code,
  detail: step.detail,
});

async function removeResolved(tx: Queryable, destination: string, shard: string, tick: Tick): Promise<string[]> {
  if (tick.resolved.length === 0) return [];
  await tx.query(sql`DELETE FROM delivery WHERE id = ANY(${tick.resolved.map((row) => row.id)}::bigint[])`);
  const keys = [...new Set(tick.resolved.flatMap((row) => (row.orderingKey === undefined ? [] : [row.orderingKey])))];
  const busy = new Set(await promoteNext(tx, destination, shard, keys, tick.nowMs));
  return keys.filter((key) => !busy.has(key));
}
