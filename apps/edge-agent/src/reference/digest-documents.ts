import { createHash } from "node:crypto";
import { collections, type Collection, type WireDocument } from "@tillsync/sync-protocol";
import { readReference } from "./store/in-reference.ts";
import type { ReferenceStore } from "./store/reference-store.ts";
import { tableOf } from "./store/tables.ts";

export interface ReferenceDigest {
  /** SHA-256 over a line for each living document: collection, a space, the document with its fields in the order of their names. */
  readonly sha256: string;
  readonly documents: number;
}

/**
 * One hash of all living documents, collections in their order, documents in that of their ids: two terminals of a store that
 * have the same data have the same hash, whatever the routes by which it came. Reads everything. Throws `store.*`.
 */
export function digestDocuments(store: ReferenceStore, of: readonly Collection[] = collections): ReferenceDigest {
  const hash = createHash("sha256");
  let documents = 0;
  readReference(store, (file) => {
    for (const collection of of) {
      const text = `SELECT body FROM ${tableOf(collection).table} WHERE deleted = 0 ORDER BY id`;
      for (const { body } of file.db.prepare<[], { body: string }>(text).iterate()) {
        hash.update(`${collection} ${JSON.stringify(inOrder(JSON.parse(body) as WireDocument))}\n`);
        documents += 1;
      }
    }
  });
  return { sha256: hash.digest("hex"), documents };
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, inOrder(inner)]));
}
