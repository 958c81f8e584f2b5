import { documentIdSchema, storeScope, tellOrderFact, type DocumentId, type HandOverOrder, type Scope } from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import type { DocumentChange } from "../reference/write-documents.ts";
import type { FoldRefusal } from "./fold-row.ts";
import { factOf, type ToldFact } from "./order-facts.ts";
import { orderFromReceipt } from "./order-from-receipt.ts";
import { readStanding, type Standing } from "./standing-documents.ts";
import { hlcOfMs } from "./trusted-hlc.ts";

/** Under which keys an order may stand: with its system's name first, and without. */
export function orderIds({ step: { orderId, system } }: ToldFact): DocumentId[] {
  const names = system === undefined ? [orderId] : [`${system}:${orderId}`, orderId];
  return names.flatMap((name) => {
    const id = documentIdSchema.safeParse(name);
    return id.success && name.isWellFormed() ? [id.data] : [];
  });
}

interface Order {
  readonly scope: Scope;
  readonly fields: HandOverOrder;
}

/**
 * Folds steps into the orders' documents, which are locked. An order of which there is no document is made by the receipt that
 * took it, and by nothing else. Steps that another store tells of a store's order are refused: they move nothing here.
 */
export async function foldOrders(
  tx: Queryable,
  facts: readonly ToldFact[],
): Promise<{ changes: DocumentChange[]; refusals: FoldRefusal[] }> {
  const standing = await readStanding(tx, "orders", facts.flatMap(orderIds));
  const orders = new Map([...standing].flatMap(([id, one]) => startOf(id, one)));
  const changed = new Map<DocumentId, Order>();
  const refusals: FoldRefusal[] = [];
  for (const fact of facts) {
    const id = findOrder(fact, orders);
    const order = id === undefined ? newOrder(fact, standing) : { id, ...(orders.get(id) as Order) };
    if (order === undefined) continue;
    const { row } = fact;
    if (order.fields.storeId !== row.store) {
      const detail = `${fact.step.key} is an order of store ${order.fields.storeId}`;
      refusals.push({ shard: row.shard, tpos: row.tpos, code: "entry.not-allowed", detail });
      continue;
    }
    const told: Order = { scope: order.scope, fields: tellOrderFact(order.fields, factOf(fact, order.fields)) };
    orders.set(order.id, told);
    changed.set(order.id, told);
  }
  return { changes: [...changed].map(([id, order]) => ({ collection: "orders", id, ...order })), refusals };
}

/** What was written without saying when has come when it was written. */
function startOf(id: DocumentId, { fields, scope, changedAtMs }: Standing<"orders">): [DocumentId, Order][] {
  return fields === undefined ? [] : [[id, { scope, fields: { ...fields, revisedAt: fields.revisedAt ?? hlcOfMs(changedAtMs) } }]];
}

/** The order of that number and system. Where one of both names no system, there is only one. */
const findOrder = (fact: ToldFact, orders: ReadonlyMap<DocumentId, Order>): DocumentId | undefined =>
  orderIds(fact).find((id) => {
    const order = orders.get(id)?.fields;
    const { orderId, system } = fact.step;
    return order?.orderId === orderId && (order.system === undefined || system === undefined || order.system === system);
  });

/** One that was deleted is not made again by what was told before. */
function newOrder(
  { row, step }: ToldFact,
  standing: ReadonlyMap<DocumentId, Standing<"orders">>,
): (Order & { id: DocumentId }) | undefined {
  const [id] = orderIds({ row, step });
  const deleted = id === undefined ? undefined : standing.get(id);
  if (id === undefined || (deleted !== undefined && row.happenedAt <= hlcOfMs(deleted.changedAtMs))) return undefined;
  const fields = orderFromReceipt(id, row, step);
  return fields && { id, scope: storeScope(row.store), fields };
}
