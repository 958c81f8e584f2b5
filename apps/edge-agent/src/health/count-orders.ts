import type { AgentStore } from "../store/agent-store.ts";
import { sql } from "../store/sql.ts";
import { readReference } from "../reference/store/in-reference.ts";
import type { ReferenceStore } from "../reference/store/reference-store.ts";
import type { Snapshot } from "../window-api/snapshot.ts";

/** What is counted at most, as a list of orders is not longer either. */
const ORDERS_COUNTED_MAX = 500;

/**
 * Orders that wait for their customers, and those that contradict themselves. An order that was handed over here counts
 * no longer, whether or not the cloud knows. Throws `store.*`.
 */
export function countOrders(store: AgentStore, reference: ReferenceStore): Snapshot["orders"] {
  const gone = store.prepare<[string], { n: number }>(
    sql`SELECT 1 AS n FROM order_step WHERE order_id = ? AND status IN ('fulfilled', 'shipped', 'delivered', 'returned', 'cancelled') LIMIT 1`,
  );
  return readReference(reference, ({ prepare }) => {
    const waiting = prepare<[number], { id: string }>(sql`SELECT id FROM ref_orders WHERE status = 'picked' AND deleted = 0 LIMIT ?`).all(
      ORDERS_COUNTED_MAX,
    );
    // The text search is what the index is made of: most orders have no such field, and are not looked at.
    const contradicting = prepare<[number], { n: number }>(
      sql`SELECT count(*) AS n FROM (SELECT 1 FROM ref_orders
          WHERE deleted = 0 AND instr(body, '"conflict":') > 0 AND json_extract(body, '$.conflict') IS NOT NULL LIMIT ?)`,
    ).get(ORDERS_COUNTED_MAX);
    return { toHandOver: waiting.filter(({ id }) => gone.get(id) === undefined).length, conflicts: contradicting?.n ?? 0 };
  });
}
