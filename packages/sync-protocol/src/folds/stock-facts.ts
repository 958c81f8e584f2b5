import { countsAsSale, isRetail, type Transaction } from "../model/transaction.ts";
import type { Decimal } from "../money/amount.ts";
import { negateDecimal, sumDecimals, ZERO_DECIMAL } from "./decimals.ts";

/** What a record says of one item in one unit. Of a `movement` the quantity is the change, of a `count` what was found. */
export interface StockFact {
  readonly kind: "movement" | "count";
  readonly itemId: string;
  readonly uom: string;
  readonly quantity: Decimal;
}

/** A record with what it takes back. */
export interface ReceiptStory {
  readonly transaction: Transaction;
  /** The revision that this one replaces. */
  readonly previous?: Transaction | undefined;
  /** Of a post-void: the receipt that it voids, unless another void took that back before. */
  readonly voided?: Transaction | undefined;
  /** The receipt was void before this revision was told: everything of it was taken back, and it does nothing any more. */
  readonly isVoided?: boolean | undefined;
}

/**
 * What one revision changes in its store's stock, one fact for each item and unit: what it says less what the revision before it
 * said; a post-void brings back what it voids. Sales take goods out and returns bring them back, whatever becomes of them:
 * what cannot be sold again is told by a `waste`. Training, parked and abandoned receipts, orders, services, and what is sold
 * for somebody else move nothing. A count that is corrected is a count again; one that is withdrawn cannot be taken back.
 */
export function stockFacts(story: ReceiptStory): StockFact[] {
  if (story.isVoided === true) return [];
  const { transaction, previous, voided } = story;
  const now = isVoid(transaction) ? taken(voided) : factsOf(transaction);
  return net([...now, ...(previous === undefined || isVoid(previous) ? [] : taken(previous))]);
}

/** Reverses another receipt as a whole. */
const isVoid = (transaction: Transaction): boolean =>
  isRetail(transaction) && transaction.status === "postVoided" && transaction.voids !== undefined;

/** What it takes to undo a record: its movements the other way round. */
const taken = (transaction: Transaction | undefined): StockFact[] =>
  transaction === undefined || isVoid(transaction)
    ? []
    : factsOf(transaction).flatMap((fact) => (fact.kind === "movement" ? [{ ...fact, quantity: negateDecimal(fact.quantity) }] : []));

function factsOf(transaction: Transaction): StockFact[] {
  if (transaction.trainingMode === true) return [];
  if (transaction.transactionType === "Inventory" && transaction.status === "completed") {
    const { kind, items } = transaction.inventory;
    return items.map(({ itemId, quantity: { value, uom } }) => ({
      kind: kind === "count" ? ("count" as const) : ("movement" as const),
      itemId,
      uom,
      quantity: value,
    }));
  }
  if (!countsAsSale(transaction) || transaction.outsideSales === true) return [];
  return transaction.lines.flatMap(({ itemType, itemId, quantity: { value, uom } }) =>
    itemType === "stock" ? [{ kind: "movement" as const, itemId, uom, quantity: negateDecimal(value) }] : [],
  );
}

/** An item that was found in two places of one count was found twice over: both add up. Movements of nothing are left out. */
function net(facts: readonly StockFact[]): StockFact[] {
  const byName = Map.groupBy(facts, ({ kind, itemId, uom }) => JSON.stringify([kind, itemId, uom]));
  return [...byName.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const quantity = sumDecimals(same.map((fact) => fact.quantity));
    return first.kind === "movement" && quantity === ZERO_DECIMAL ? [] : [{ ...first, quantity }];
  });
}
