import { TillsyncError } from "@tillsync/sync-protocol";
import type { Database, Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { lockCursor } from "../subscribers/cursor.ts";
import { writeTotals } from "../transactions/write-page.ts";
import { auditDeliveries } from "./audit.ts";
import { destinationCursor, skippedTotal } from "./destination-name.ts";
import { wakeWaiting } from "./causes.ts";
import { promoteNext } from "./promote-next.ts";

export const deliveryStates = ["retrying", "uncertain", "parked", "held"] as const;
export type DeliveryState = (typeof deliveryStates)[number];

export interface Delivery {
  readonly id: number;
  /** Key of the destination. */
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
  /** What it waits for: a natural key, or `member:REF`; and until when. */
  readonly cause: string | null;
  readonly deadlineAtMs: number | null;
  /** Of a send without an answer that nothing has settled yet. */
  readonly uncertainAtMs: number | null;
  /** Since when later ones of its key go on without it. */
  readonly releasedAtMs: number | null;
}

/** Rows of one page of a list. */
export const LIST_ROWS_MAX = 1_000;

/** Exceptions by id, past `after`, a page at a time. `destination` is a key. */
export function listDeliveries(
  db: Queryable,
  wish: { destination?: string | undefined; state?: DeliveryState | undefined; after: number; limit: number },
): Promise<Delivery[]> {
  const { destination = null, state = null } = wish;
  return db.query<Delivery>(sql`
    SELECT id, destination, shard, tpos, replay, natural_key AS "naturalKey", ordering_key AS "orderingKey", identity, state, attempts,
      first_at_ms AS "firstAtMs", last_at_ms AS "lastAtMs", next_at_ms AS "nextAtMs", code, detail, cause,
      deadline_at_ms AS "deadlineAtMs", uncertain_at_ms AS "uncertainAtMs", released_at_ms AS "releasedAtMs"
    FROM delivery
    WHERE id > ${wish.after}::bigint AND (${destination}::text IS NULL OR destination = ${destination}::text)
      AND (${state}::text IS NULL OR state = ${state}::text)
    ORDER BY id LIMIT ${Math.min(wish.limit, LIST_ROWS_MAX)}`);
}

/** Throws `delivery.unknown`. */
export async function findDelivery(db: Queryable, id: number): Promise<Delivery> {
  const [row] = await listDeliveries(db, { after: id - 1, limit: 1 });
  if (row?.id !== id) throw new TillsyncError("delivery.unknown", String(id));
  return row;
}

/** Held for nothing of its own, only behind an earlier one of its key. */
export const isBehindAnother = ({ state, code }: Pick<Delivery, "state" | "code">): boolean => state === "held" && code === null;

/**
 * Lets one exception be tried again now, with fresh attempts. Audited. Throws `delivery.unknown`, and `delivery.held` for
 * one that waits behind another of its key, since trying it would break the key's order.
 */
export const retryDelivery = (db: Database, id: number, who: string, nowMs: number): Promise<void> =>
  changeDelivery(db, id, async (tx, row) => {
    if (isBehindAnother(row)) throw new TillsyncError("delivery.held", String(id));
    await auditDeliveries(tx, [id], { action: "retry", who }, nowMs);
    await makeDue(tx, [id], nowMs);
  });

/**
 * Decides that one exception need not arrive; the next of its key follows. Audited, with the reason. Throws
 * `delivery.unknown`, `delivery.held`.
 */
export const skipDelivery = (db: Database, id: number, who: string, reason: string, nowMs: number): Promise<void> =>
  changeDelivery(db, id, async (tx, row) => {
    if (isBehindAnother(row)) throw new TillsyncError("delivery.held", String(id));
    await auditDeliveries(tx, [id], { action: "skip", who, reason }, nowMs);
    await tx.query(sql`DELETE FROM delivery WHERE id = ${id}::bigint`);
    if (row.replay !== null) return;
    const added = await tx.query(sql`
      INSERT INTO receipt (destination, shard, tpos, identity, outcome, at_ms)
      VALUES (${row.destination}, ${row.shard}, ${row.tpos}::bigint, ${row.identity}, 'skipped', ${nowMs}::bigint)
      ON CONFLICT DO NOTHING RETURNING tpos`);
    await writeTotals(tx, row.shard, new Map([[skippedTotal(row.destination), BigInt(added.length)]]));
    await wakeWaiting(tx, row.destination, [row.naturalKey], nowMs);
    await promoteNext(tx, row.destination, row.shard, [row.orderingKey], nowMs);
  });

/** Every change of an exception holds its destination's cursor lock, as the dispatcher's ticks do. Throws `delivery.unknown`. */
export async function changeDelivery(db: Database, id: number, work: (tx: Queryable, row: Delivery) => Promise<void>): Promise<void> {
  const found = await findDelivery(db, id);
  await db.transaction(async (tx) => {
    await lockCursor(tx, destinationCursor(found.destination), found.shard);
    await work(tx, await findDelivery(tx, id));
  });
}

/**
 * Due at once, with fresh attempts, and with all its time again to wait for its cause. What is known of an unanswered send stays: it is looked up before it is sent again
 * where that is needed.
 */
export async function makeDue(tx: Queryable, ids: readonly number[], nowMs: number): Promise<void> {
  await tx.query(sql`
    UPDATE delivery SET state = CASE WHEN uncertain_at_ms IS NULL THEN 'retrying' ELSE 'uncertain' END, attempts = 0,
      first_at_ms = ${nowMs}::bigint, next_at_ms = ${nowMs}::bigint, deadline_at_ms = NULL
    WHERE id = ANY(${ids}::bigint[])`);
}
