import type { StockLevel } from "@tillsync/sync-protocol";
import { joinWritten } from "../folds/join-written.ts";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { lockDocuments } from "../reference/lock-documents.ts";
import type { DocumentChange } from "../reference/write-documents.ts";

/**
 * Joins what the system says with what shops did: an order's state never turns back, and a level has in it what moved since.
 * Levels of stores that nobody has enrolled in yet are what the system says. The documents stay locked to the end.
 */
export async function joinKnown(tx: Queryable, changes: readonly DocumentChange[], nowMs: number): Promise<DocumentChange[]> {
  const isJoined = ({ collection }: DocumentChange): boolean => collection === "orders" || collection === "stock";
  if (!changes.some(isJoined)) return [...changes];
  // All of them at once, in the order in which everyone takes them.
  await lockDocuments(tx, changes);
  const levels = changes.filter(({ collection, fields }) => collection === "stock" && fields !== undefined);
  const stores = [...new Set(levels.map(({ fields }) => (fields as StockLevel).storeId))];
  const rows = await tx.query<{ store_id: string }>(sql`SELECT store_id FROM store WHERE store_id = ANY(${stores}::text[])`);
  const enrolled = new Set(rows.map((row) => row.store_id));
  const isApart = (change: DocumentChange): boolean =>
    change.collection === "stock" && change.fields !== undefined && !enrolled.has((change.fields as StockLevel).storeId);
  const joined = await joinWritten(
    tx,
    changes.filter((change) => !isApart(change)),
    nowMs,
  );
  return [...joined, ...changes.filter(isApart)];
}
