import { ALL, collections, scopesOf, storeId, storeScope, terminalId, type Collection, type WireDocument } from "@tillsync/sync-protocol";
import { adoptScopes } from "../../reference/store/adopt-scopes.ts";
import { writeReference } from "../../reference/store/in-reference.ts";
import { markFresh, markLoaded } from "../../reference/store/positions.ts";
import type { ReferenceStore } from "../../reference/store/reference-store.ts";
import { keepLastChange, writeDocument } from "../../reference/store/write-documents.ts";

export const TERMINAL = terminalId("till-1");
export const STORE = storeId("S1");

/** The file of this terminal, loaded and fresh, and empty but for what is put into it. */
export function loadReference(store: ReferenceStore, nowMs: number): void {
  const scopes = scopesOf({ store: STORE, terminal: TERMINAL });
  adoptScopes(store, { cloud: "urn:tillsync:cloud:test", terminal: TERMINAL, store: STORE });
  writeReference(store, (file) => {
    for (const collection of collections) {
      markLoaded(file, collection, scopes);
      markFresh(file, collection, nowMs);
    }
  });
}

let version = 0;

/** A document as the cloud has sent it; each later one is newer. */
export const putDocument = (store: ReferenceStore, collection: Collection, id: string, fields: Record<string, unknown>): void =>
  write(store, collection, { id, ...fields, schemaVersion: 1, version: nextVersion(), _deleted: false });

/** The cloud says that it is there no more. */
export const dropDocument = (store: ReferenceStore, collection: Collection, id: string): void =>
  write(store, collection, { id, schemaVersion: 1, version: nextVersion(), _deleted: true });

function nextVersion(): number {
  version += 1;
  return version;
}

function write(store: ReferenceStore, collection: Collection, document: WireDocument): void {
  const scope = collection === "orders" || collection === "stock" || collection === "stores" ? storeScope(STORE) : ALL;
  writeReference(store, (file) => {
    writeDocument(file, collection, { document, text: JSON.stringify(document), scope });
    keepLastChange(file);
  });
}
