import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import type { OrderEvent } from "./told-order.ts";

/** A step with the row of the transaction log that told it. */
export interface OrderEventRow {
  readonly event: OrderEvent;
  readonly shard: string;
  readonly tpos: number;
  readonly storeId: string;
  readonly store: string;
  readonly receivedAtMs: number;
}

/** Records the steps of a page and moves their orders to where the last one that applied left them. */
export async function writeOrderEvents(tx: Queryable, rows: readonly OrderEventRow[]): Promise<void> {
  if (rows.length === 0) return;
  const records = rows.map(({ event: { step, outcome }, ...row }) => ({
    order_key: step.key,
    status: step.status,
    outcome,
    at: step.at,
    shard: row.shard,
    tpos: row.tpos,
    store_id: row.storeId,
    store: row.store,
    received_at_ms: row.receivedAtMs,
  }));
  const applied = new Map(records.filter((record) => record.outcome === "applied").map((record) => [record.order_key, record]));
  // One receipt may name an order twice; the last word on it stands.
  const events = new Map(records.map((record) => [`${record.order_key} ${record.shard} ${record.tpos}`, record]));
  await tx.query(sql`
    INSERT INTO order_event (order_key, shard, tpos, status, outcome, at)
    SELECT order_key, shard, tpos, status, outcome, at FROM json_to_recordset(${JSON.stringify([...events.values()])}::json)
      AS r (order_key text, shard text, tpos bigint, status text, outcome text, at text)`);
  await tx.query(sql`
    UPDATE customer_order o SET status = r.status, store_id = r.store_id, store = r.store, shard = r.shard, tpos = r.tpos, at = r.at,
      changed_at_ms = r.received_at_ms
    FROM json_to_recordset(${JSON.stringify([...applied.values()])}::json)
      AS r (order_key text, status text, store_id text, store text, shard text, tpos bigint, at text, received_at_ms bigint)
    WHERE o.order_key = r.order_key`);
}
