import { TillsyncError } from "@tillsync/sync-protocol";
import type { Database, Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { lockCursor } from "../subscribers/cursor.ts";
import { writeTotals } from "../transactions/write-page.ts";
import { destinationCursor, skippedTotal } from "./destination-name.ts";
import { promoteNext } from "./promote-next.ts";

export const deliveryStates = ["retrying", "uncertain", "parked", "held"] as const;
export type DeliveryState = (typeof deliveryStates)[number];

export interface Delivery {
  readonly id: number;
  readonly destination: string;
  readonly shard: string;
  readonly tpos: number;
  readonly replay: number | null;
  readonly naturalKey: string;
  readonly orderingKey: string;
  readonly identity: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  readonly nextAtMs: number | null;
  readonly code: string | null;
  readonly detail: string | null;
}

/** Rows of one page of a list. */
export const LIST_ROWS_MAX = 1_000;

/** Exceptions by id, past `after`, a page at a time. */
export function listDeliveries(
  db: Queryable,
  wish: { destination?: string | undefined; state?: DeliveryState | undefined; after: number; limit: number },
): Promise<Delivery[]> {
  const { destination = null, state = null } = wish;
  return db.query<Delivery>(sql`
    SELECT id, destination, shard, tpos, replay, natural_key AS "naturalKey", ordering_key AS "orderingKey", identity, state, attempts,
      first_at_ms AS "firstAtMs", last_at_ms AS "lastAtMs", next_at_ms AS "nextAtMs", code, detail
    FROM delivery
    WHERE id > ${wish.after}::bigint AND (${destination}::text IS NULL OR destination = ${destination}::text)
      AND (${state}::text IS NULL OR state = ${state}::text)
    ORDER BY id LIMIT ${Math.min(wish.limit, LIST_ROWS_MAX)}`);
}

/**
 * Lets one exception be tried again now, with fresh attempts. Audited. Throws `delivery.unknown`, and `delivery.held` for
 * one that waits behind another of its key, since trying it would break the key's order.
 */
export const retryDelivery = (db: Database, id: number, who: string, nowMs: number): Promise<void> =>
  change(db, id, async (tx, row) => {
    await audit(tx, row, { action: "retry", who, reason: undefined }, nowMs);
    await tx.query(sql`
      UPDATE delivery SET state = 'retrying', attempts = 0, first_at_ms = ${nowMs}::bigint, next_at_ms = ${nowMs}::bigint
      WHERE id = ${id}::bigint`);
  });

/**
 * Decides that one exception need not arrive; the next of its key follows. Audited, with the reason. Throws
 * `delivery.unknown`, `delivery.held`.
 */
export const skipDelivery = (db: Database, id: number, who: string, reason: string, nowMs: number): Promise<void> =>
  change(db, id, async (tx, row) => {
    await audit(tx, row, { action: "skip", who, reason }, nowMs);
    await tx.query(sql`DELETE FROM delivery WHERE id = ${id}::bigint`);
    if (row.replay !== null) return;
    const added = await tx.query(sql`
      INSERT INTO receipt (destination, shard, tpos, identity, outcome, at_ms)
      VALUES (${row.destination}, ${row.shard}, ${row.tpos}::bigint, ${row.identity}, 'skipped', ${nowMs}::bigint)
      ON CONFLICT DO NOTHING RETURNING tpos`);
    await writeTotals(tx, row.shard, new Map([[skippedTotal(row.destination), BigInt(added.length)]]));
    await promoteNext(tx, row.destination, row.shard, [row.orderingKey], nowMs);
  });

/** Every change of an exception holds its destination's cursor lock, as the dispatcher's ticks do. */
async function change(db: Database, id: number, work: (tx: Queryable, row: Delivery) => Promise<void>): Promise<void> {
  const [found] = await listDeliveries(db, { after: id - 1, limit: 1 });
  if (found?.id !== id) throw new TillsyncError("delivery.unknown", String(id));
  await db.transaction(async (tx) => {
    await lockCursor(tx, destinationCursor(found.destination), found.shard);
    const [row] = await listDeliveries(tx, { after: id - 1, limit: 1 });
    if (row?.id !== id) throw new TillsyncError("delivery.unknown", String(id));
    if (row.state === "held") throw new TillsyncError("delivery.held", String(id));
    await work(tx, row);
  });
}

async function audit(
  tx: Queryable,
  row: Delivery,
  what: { action: "retry" | "skip"; who: string; reason: string | undefined },
  nowMs: number,
): Promise<void> {
  await tx.query(sql`
    INSERT INTO delivery_audit (at_ms, action, who, reason, delivery_id, destination, shard, tpos, identity, state_before, code_before)
    VALUES (${nowMs}::bigint, ${what.action}, ${what.who}, ${what.reason ?? null}, ${row.id}::bigint, ${row.destination}, ${row.shard},
      ${row.tpos}::bigint, ${row.identity}, ${row.state}, ${row.code})`);
}
