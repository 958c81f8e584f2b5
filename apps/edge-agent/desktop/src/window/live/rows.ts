import { readDocument, type WireDocument } from "@tillsync/sync-protocol";
import type { RxCollection } from "rxdb";
import { throttleTime, type Observable } from "rxjs";
import type { LiveCollection, LiveDocument, LiveRows } from "./live-collections.ts";

/** A person sees no more than this; a page that draws every change of a busy minute draws nothing else. */
const REDRAW_MS = 200;

export interface RowsStore<C extends LiveCollection> {
  readonly get: () => LiveRows<C>;
  readonly subscribe: (listener: () => void) => () => void;
}

export interface RowsOfCollection<C extends LiveCollection> extends RowsStore<C> {
  /** Follows this collection from now on; what was shown stays until it tells of its own. */
  readonly follow: (collection: RxCollection<WireDocument>) => () => void;
}

/** What a collection holds, for React: read by the protocol's own schema, each document once per change. */
export function createRows<C extends LiveCollection>(name: C): RowsOfCollection<C> {
  const listeners = new Set<() => void>();
  let rows: LiveRows<C> = { loaded: false, rows: [], unreadable: 0 };
  // RxDB gives the same object for the same state of a document; its revisions begin again with every picture.
  const read = new WeakMap<StoredDocument, { readonly row: LiveDocument<C> | undefined }>();
  const readOnce = (stored: StoredDocument): LiveDocument<C> | undefined => {
    const known = read.get(stored) ?? { row: readRow(name, stored.toJSON()) };
    read.set(stored, known);
    return known.row;
  };
  return {
    get: () => rows,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    follow: (collection) => {
      const documents = collection.find().$ as Observable<readonly StoredDocument[]>;
      const following = documents.pipe(throttleTime(REDRAW_MS, undefined, { leading: true, trailing: true })).subscribe((found) => {
        const readable = found.flatMap((stored) => readOnce(stored) ?? []);
        rows = { loaded: true, rows: readable, unreadable: found.length - readable.length };
        for (const listener of listeners) listener();
      });
      return () => following.unsubscribe();
    },
  };
}

/** An RxDB document, as far as rows need it. */
interface StoredDocument {
  toJSON(): unknown;
}

function readRow<C extends LiveCollection>(name: C, stored: unknown): LiveDocument<C> | undefined {
  const document = { ...(stored as WireDocument), _deleted: false };
  try {
    return { id: document.id, version: document.version, document: readDocument(name, document) };
  } catch {
    return undefined;
  }
}
