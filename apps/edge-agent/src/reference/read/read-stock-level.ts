import { stockAtTill, type StockLevel, type TerminalId } from "@tillsync/sync-protocol";
import { ownFactsOf } from "../own-stock/own-facts.ts";
import { findDocuments } from "../store/find-documents.ts";
import { readReference } from "../store/in-reference.ts";
import { readReferenceMeta } from "../store/meta.ts";
import type { ReferenceStore } from "../store/reference-store.ts";
import { itemIdOf, type ItemQuery } from "./read-product.ts";

export interface StockFound {
  readonly itemId: string;
  readonly uom: string;
  /** What the store has, as far as this terminal can know: the cloud's figure and what this terminal moved or counted since. */
  readonly onHand: string;
  /** Promised to orders, as the cloud has it. */
  readonly reserved: string | undefined;
  /** The cloud's own figure. */
  readonly cloudOnHand: string;
  /** Entries of this terminal about the item that lie behind the place up to which the cloud's figure has its journal. */
  readonly ownMovements: number;
}

/** What this terminal's store has of an item, by `stockAtTill`; undefined: the cloud keeps no stock of it. Throws `store.*`. */
export function readStockLevel(store: ReferenceStore, query: ItemQuery): StockFound | undefined {
  const itemId = itemIdOf(store, query);
  if (itemId === undefined) return undefined;
  const level: StockLevel | undefined = findDocuments(store, "stock", "item_id", itemId).documents.at(-1);
  if (level === undefined) return undefined;
  const { terminal, facts } = readReference(store, (file) => ({
    terminal: (readReferenceMeta(file, "terminal") ?? "") as TerminalId,
    facts: ownFactsOf(file, itemId),
  }));
  const here = stockAtTill(level, terminal, facts);
  const included = level.included[terminal];
  const own = facts.filter(
    ({ epoch, seq }) => included === undefined || epoch > included.epoch || (epoch === included.epoch && seq > included.seq),
  );
  return {
    itemId,
    uom: here?.uom ?? level.uom,
    onHand: here?.onHand ?? level.onHand,
    reserved: level.reserved,
    cloudOnHand: level.onHand,
    ownMovements: own.length,
  };
}
