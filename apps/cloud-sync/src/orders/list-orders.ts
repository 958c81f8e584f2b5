import type { OrderMove, OrderStatus } from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";

export interface OrderRow {
  readonly orderId: string;
  readonly system: string | null;
  readonly status: OrderStatus;
  /** The cloud's and the POS's name of the store that told the step which last moved it. */
  readonly storeId: string;
  readonly store: string;
  /** As the shop told it. */
  readonly at: string | null;
  readonly changedAtMs: number;
}

/** Rows of one page of the list. */
export const LIST_ROWS_MAX = 1_000;

/** Orders, those that moved last first. */
export const listOrders = (
  db: Queryable,
  wish: { status: OrderStatus | undefined; store: string | undefined; limit: number },
): Promise<OrderRow[]> =>
  db.query<OrderRow>(sql`
    SELECT order_id AS "orderId", system, status, store_id AS "storeId", store, at, changed_at_ms AS "changedAtMs"
    FROM customer_order
    WHERE status IS NOT NULL AND status = coalesce(${wish.status ?? null}::text, status)
      AND (${wish.store ?? null}::text IS NULL OR store_id = ${wish.store ?? null}::text)
    ORDER BY changed_at_ms DESC, order_key LIMIT ${Math.min(wish.limit, LIST_ROWS_MAX)}`);

export interface OrderStepRow {
  readonly status: OrderStatus;
  readonly outcome: OrderMove["kind"];
  readonly at: string | null;
  /** The record that told it. */
  readonly naturalKey: string;
  readonly revision: number;
  readonly type: string;
  readonly terminalId: string;
  readonly receivedAtMs: number;
}

/** A step that cannot have happened like this and waits for a person. */
export interface RefusedStepRow {
  readonly naturalKey: string | null;
  readonly terminalId: string;
  readonly detail: string | null;
  readonly atMs: number;
}

export interface OrderHistory extends OrderRow {
  /** In the order of the log. */
  readonly steps: readonly OrderStepRow[];
  readonly setAside: readonly RefusedStepRow[];
}

/** Steps of one order that are shown: more than any order has. */
const STEPS_MAX = 1_000;

/** The order of that number with everything that was told of it; one for each system that has the number. */
export async function showOrder(db: Queryable, wish: { orderId: string; system: string | undefined }): Promise<OrderHistory[]> {
  const orders = await db.query<OrderRow & { key: string }>(sql`
    SELECT order_key AS key, order_id AS "orderId", system, status, store_id AS "storeId", store, at, changed_at_ms AS "changedAtMs"
    FROM customer_order
    WHERE order_id = ${wish.orderId} AND status IS NOT NULL AND (${wish.system ?? null}::text IS NULL OR system = ${wish.system ?? null}::text)
    ORDER BY order_key`);
  return Promise.all(
    orders.map(async ({ key, ...order }) => ({ ...order, steps: await listSteps(db, key), setAside: await listRefused(db, key) })),
  );
}

const listSteps = (db: Queryable, key: string): Promise<OrderStepRow[]> =>
  db.query<OrderStepRow>(sql`
    SELECT e.status, e.outcome, e.at, t.natural_key AS "naturalKey", t.revision, t.type, t.terminal_id AS "terminalId",
      t.received_at_ms AS "receivedAtMs"
    FROM order_event e JOIN transaction t ON t.shard = e.shard AND t.tpos = e.tpos
    WHERE e.order_key = ${key} ORDER BY e.shard, e.tpos LIMIT ${STEPS_MAX}`);

/** Their detail begins with the order's key. */
const listRefused = (db: Queryable, key: string): Promise<RefusedStepRow[]> =>
  db.query<RefusedStepRow>(sql`
    SELECT natural_key AS "naturalKey", terminal_id AS "terminalId", detail, at_ms AS "atMs"
    FROM set_aside WHERE state = 'open' AND code = 'order.transition-forbidden' AND starts_with(detail, ${`${key} `})
    ORDER BY shard, pos LIMIT ${STEPS_MAX}`);
