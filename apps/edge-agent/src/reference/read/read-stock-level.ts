import type { StockLevel } from "@tillsync/sync-protocol";
import { findDocuments } from "../store/find-documents.ts";
import { readReferenceMeta } from "../store/meta.ts";
import { readReference } from "../store/in-reference.ts";
import type { ReferenceStore } from "../store/reference-store.ts";
import { applyOwnMovements } from "./own-movements.ts";
import { itemIdOf, type ItemQuery } from "./read-product.ts";

export interface StockFound {
  readonly itemId: string;
  readonly uom: string;
  /** What the store has, as far as this terminal can know: the cloud's figure and what this terminal moved since. */
  readonly onHand: string;
  /** Promised to orders, as the cloud has it. */
  readonly reserved: string | undefined;
  /** The cloud's own figure. */
  readonly cloudOnHand: string;
  /** Movements of this terminal that the cloud's figure does not have yet. */
  readonly ownMovements: number;
}

/** What this terminal's store has of an item; undefined: the cloud keeps no stock of it. Throws `store.*`. */
export function readStockLevel(store: ReferenceStore, query: ItemQuery): StockFound | undefined {
  const itemId = itemIdOf(store, query);
  if (itemId === undefined) return undefined;
  const level: StockLevel | undefined = findDocuments(store, "stock", "item_id", itemId).documents.at(-1);
  if (level === undefined) return undefined;
  const own = readReference(store, (file) => applyOwnMovements(file, level, readReferenceMeta(file, "terminal")));
  return {
    itemId,
    uom: level.uom,
    onHand: own.onHand,
    reserved: level.reserved,
    cloudOnHand: level.onHand,
    ownMovements: own.movements,
  };
}
