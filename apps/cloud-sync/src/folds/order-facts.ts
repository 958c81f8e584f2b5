import { orderSteps, type HandOverOrder, type OrderFact, type ToldStep } from "@tillsync/sync-protocol";
import type { FoldRow } from "./fold-row.ts";

/** A step of an order that the log has taken up. */
export interface ToldFact {
  readonly row: FoldRow;
  readonly step: ToldStep;
}

/** Steps that a row tells, by receipts or by records of their own. A later revision tells its own steps: none is taken back. */
export const orderFacts = (rows: readonly FoldRow[]): ToldFact[] =>
  rows.flatMap((row) => orderSteps(row.story.transaction).map((step) => ({ row, step })));

/**
 * What a step says of this very order. Who picked before the order's latest revision came to the cloud has picked the one
 * before it: clocks may be wrong about that, and then somebody looks at the goods once more than needed. The till that tells
 * `fulfilled`, by a receipt or by a step without a parcel, has given the goods away.
 */
export function factOf({ row, step }: ToldFact, order: HandOverOrder): OrderFact {
  const { status } = step;
  const isBefore = order.revisedAt !== undefined && row.hlc < order.revisedAt;
  const seen = Math.max(1, isBefore ? order.revision - 1 : order.revision);
  const isPicking = status === "picked" || (order.pickedRevision === undefined && PAST_PICKING.has(status));
  return {
    status,
    ...(isPicking ? { pickedRevision: seen } : {}),
    ...(isHandOver(row, step) ? { handOver: { terminal: row.terminal, at: row.happenedAt } } : {}),
  };
}

function isHandOver({ story: { transaction } }: FoldRow, { status }: ToldStep): boolean {
  const isParcel =
    transaction.transactionType === "OrderStatus" &&
    (transaction.orderStatus.carrier !== undefined || transaction.orderStatus.tracking !== undefined);
  return status === "fulfilled" && !isParcel;
}

const PAST_PICKING: ReadonlySet<string> = new Set(["fulfilled", "shipped", "delivered"]);
