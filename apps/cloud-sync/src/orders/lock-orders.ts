import { z } from "zod";
import { orderStatuses } from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import type { OrderStates, TimedStep } from "./told-order.ts";

const rowSchema = z.object({ order_key: z.string(), status: z.enum(orderStatuses).nullable() });

/**
 * Where the orders of these steps stand, with their rows locked to the end of the transaction, also those that are new:
 * pages of two shards that tell of one order come one after the other. Always in the order of the keys, so that two pages
 * cannot wait for each other. Asks nothing when there are no steps.
 */
export async function lockOrders(tx: Queryable, steps: readonly TimedStep[]): Promise<OrderStates> {
  if (steps.length === 0) return new Map();
  const orders = [...new Map(steps.map((step) => [step.key, step])).values()].map((step) => ({
    order_key: step.key,
    order_id: step.orderId,
    system: step.system,
  }));
  await tx.query(sql`
    INSERT INTO customer_order (order_key, order_id, system)
    SELECT order_key, order_id, system FROM json_to_recordset(${JSON.stringify(orders)}::json)
      AS r (order_key text, order_id text, system text)
    ORDER BY order_key COLLATE "C" ON CONFLICT DO NOTHING`);
  const rows = await tx.query(sql`
    SELECT order_key, status FROM customer_order WHERE order_key = ANY(${orders.map((order) => order.order_key)}::text[])
    ORDER BY order_key COLLATE "C" FOR UPDATE`);
  return new Map(
    z
      .array(rowSchema)
      .parse(rows)
      .map((row) => [row.order_key, row.status ?? undefined]),
  );
}
