import type { HandOverOrder, OrderStatus } from "@tillsync/sync-protocol";
import { findDocument, findDocuments, readBodies, type FoundDocuments } from "../store/find-documents.ts";
import { readReference } from "../store/in-reference.ts";
import { sql } from "../../store/sql.ts";
import type { ReferenceStore } from "../store/reference-store.ts";

/** Orders of one list: what a person at a counter can look through. */
export const ORDERS_LISTED_MAX = 500;

export interface OrderFilter {
  readonly status?: OrderStatus | undefined;
  /** What the customer shows. */
  readonly pickupCode?: string | undefined;
}

/** Orders to hand over, those that changed last first, 500 at most. Throws `store.*`. */
export function listOrders(store: ReferenceStore, filter: OrderFilter = {}): FoundDocuments<"orders"> {
  const where =
    filter.pickupCode === undefined
      ? filter.status === undefined
        ? sql`SELECT body FROM ref_orders WHERE deleted = 0 AND (?1 IS NULL AND ?2 IS NULL) ORDER BY n DESC LIMIT ?3`
        : sql`SELECT body FROM ref_orders WHERE deleted = 0 AND status = ?1 AND (?2 IS NULL) ORDER BY n DESC LIMIT ?3`
      : sql`SELECT body FROM ref_orders WHERE deleted = 0 AND (?1 IS NULL OR status = ?1) AND pickup_code = ?2 ORDER BY n DESC LIMIT ?3`;
  const rows = readReference(store, (file) =>
    file
      .prepare<[string | null, string | null, number], { body: string }>(where)
      .all(filter.status ?? null, filter.pickupCode ?? null, ORDERS_LISTED_MAX),
  );
  return readBodies(
    "orders",
    rows.map(({ body }) => body),
  );
}

/** An order by its document id, or else by the number that its system gave it where just one has it. Throws `store.*`, `reference.*`. */
export function readOrder(store: ReferenceStore, id: string): HandOverOrder | undefined {
  const found = findDocument(store, "orders", id);
  if (found !== undefined) return found;
  const { documents } = findDocuments(store, "orders", "order_id", id);
  return documents.length === 1 ? documents[0] : undefined;
}
