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
 * before it: clocks may be wrong about that, and then somebody looks at the goods once more than needed. Only a pick-up on a
 * receipt says which till gave the goods away: `fulfilled` by itself may mean that they are ready.
 */
export function factOf({ row, step }: ToldFact, order: HandOverOrder): OrderFact {
  const { status } = step;
  const isBefore = order.revisedAt !== undefined && row.hlc < order.revisedAt;
  const seen = Math.max(1, isBefore ? order.revision - 1 : order.revision);
  const isPicking = status === "picked" || (order.pickedRevision === undefined && PAST_PICKING.has(status));
  return {
    status,
    ...(isPicking ? { pickedRevision: seen } : {}),
    ...(step.byReceipt && status === "fulfilled" ? { handOver: { terminal: row.terminal, at: row.happenedAt } } : {}),
  };
}

const PAST_PICKING: ReadonlySet<string> = new Set(["fulfilled", "shipped", "delivered"]);
