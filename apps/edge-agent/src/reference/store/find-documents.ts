import { readDocument, TillsyncError, type Collection, type ReferenceDocument, type WireDocument } from "@tillsync/sync-protocol";
import { readReference } from "./in-reference.ts";
import type { ReferenceStore } from "./reference-store.ts";
import { tableOf } from "./tables.ts";

/** Living documents that were asked for. `unreadable` counts those of a shape that this version cannot read: they are kept, not shown. */
export interface FoundDocuments<C extends Collection> {
  readonly documents: readonly ReferenceDocument<C>[];
  readonly unreadable: number;
}

/** A living document by its id; undefined where there is none. Throws `reference.schema-unknown`, `reference.invalid`, `store.*`. */
export function findDocument<C extends Collection>(store: ReferenceStore, collection: C, id: string): ReferenceDocument<C> | undefined {
  const text = `SELECT body FROM ${tableOf(collection).table} WHERE id = ? AND deleted = 0`;
  const row = readReference(store, (file) => file.prepare<[string], { body: string }>(text).get(id));
  return row === undefined ? undefined : readBody(collection, row.body);
}

/** Living documents by an indexed column, 1,000 at most, in the order of their last change. Throws `store.*`. */
export function findDocuments<C extends Collection>(
  store: ReferenceStore,
  collection: C,
  column: string,
  value: string,
): FoundDocuments<C> {
  const text = `SELECT body FROM ${tableOf(collection).table} WHERE ${column} = ? AND deleted = 0 ORDER BY n LIMIT 1000`;
  const rows = readReference(store, (file) => file.prepare<[string], { body: string }>(text).all(value));
  return readBodies(
    collection,
    rows.map(({ body }) => body),
  );
}

/** Lifts each document to the current shape. One that cannot be read does not hide the others. */
export function readBodies<C extends Collection>(collection: C, bodies: readonly string[]): FoundDocuments<C> {
  const documents: ReferenceDocument<C>[] = [];
  let unreadable = 0;
  for (const body of bodies) {
    try {
      documents.push(readBody(collection, body));
    } catch (error) {
      if (!(error instanceof TillsyncError)) throw error;
      unreadable += 1;
    }
  }
  return { documents, unreadable };
}

const readBody = <C extends Collection>(collection: C, body: string): ReferenceDocument<C> =>
  readDocument(collection, JSON.parse(body) as WireDocument);
