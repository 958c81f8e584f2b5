import type { Collection, DocumentId, StockLevel } from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import { lockDocuments } from "../reference/lock-documents.ts";
import type { DocumentChange } from "../reference/write-documents.ts";
import { foldLevels, stockId, type StockPart } from "./fold-stock.ts";
import { foldWrittenDocument } from "./fold-written-document.ts";
import { readStanding, type Standing } from "./standing-documents.ts";

const JOINED = ["orders", "members", "stock"] as const satisfies readonly Collection[];

/**
 * Joins what another system or head office writes with what is known here, so that no order goes back, no till's hand-over and no later
 * change of a member is lost, and a level has in it what moved since. Give the result to `writeDocuments`, in the same
 * transaction and instead of the changes; all the documents stay locked to its end. Deletions and other collections pass as they are.
 * Of a level the key is `store:item`: under another one it is written as it is, and nothing is folded into it.
 */
export async function joinWritten(tx: Queryable, changes: readonly DocumentChange[], nowMs: number): Promise<DocumentChange[]> {
  if (!changes.some(({ collection }) => isJoined(collection))) return [...changes];
  await lockDocuments(tx, changes);
  const standing = new Map<Collection, Map<DocumentId, Standing>>();
  for (const collection of JOINED) {
    const ids = changes.filter((change) => change.collection === collection).map(({ id }) => id);
    standing.set(collection, await readStanding(tx, collection, ids));
  }
  const joined = changes.map((change): DocumentChange => {
    const { collection, id, fields } = change;
    if (fields === undefined || !isJoined(collection)) return change;
    return { ...change, fields: foldWrittenDocument(collection, standing.get(collection)?.get(id)?.fields, fields, nowMs) };
  });
  // Of several changes of one document the last one counts, and it stands on no other.
  const last = new Map(joined.map((change) => [`${change.collection}\n${change.id}`, change]));
  const levels = new Map([...last.values()].flatMap(levelOf).map((level) => [level.part.id, level]));
  const folded = await foldLevels(
    tx,
    [...levels.values()].map(({ part }) => part),
    new Map([...levels].map(([id, { change, fields }]) => [id, { scope: change.scope, fields, changedAtMs: nowMs }])),
  );
  const byId = new Map(folded.map((change) => [change.id, change]));
  return [...last.values()].map((change) =>
    change.collection === "stock" && change.fields !== undefined ? (byId.get(change.id) ?? change) : change,
  );
}

const isJoined = (collection: Collection): boolean => (JOINED as readonly Collection[]).includes(collection);

function levelOf(change: DocumentChange): { readonly part: StockPart; readonly change: DocumentChange; readonly fields: StockLevel }[] {
  if (change.collection !== "stock" || change.fields === undefined) return [];
  const fields = change.fields as StockLevel;
  const { storeId: store, itemId: item } = fields;
  return change.id === stockId(store, item) ? [{ part: { id: change.id, store, item, facts: [] }, change, fields }] : [];
}
