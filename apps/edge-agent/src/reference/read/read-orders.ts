import type { HandOverOrder, OrderStatus } from "@tillsync/sync-protocol";
import { findDocument, findDocuments, readBodies, type FoundDocuments } from "../store/find-documents.ts";
import { readReference } from "../store/in-reference.ts";
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
  const { status, pickupCode } = filter;
  const wanted: [string, string][] = [];
  if (status !== undefined) wanted.push(["status = ?", status]);
  if (pickupCode !== undefined) wanted.push(["pickup_code = ?", pickupCode]);
  const where = ["deleted = 0", ...wanted.map(([condition]) => condition)].join(" AND ");
  const rows = readReference(store, (file) =>
    file
      .prepare<unknown[], { body: string }>(`SELECT body FROM ref_orders WHERE ${where} ORDER BY n DESC LIMIT ?`)
      .all(...wanted.map(([, value]) => value), ORDERS_LISTED_MAX),
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
