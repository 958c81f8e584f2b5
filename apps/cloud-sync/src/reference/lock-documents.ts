import type { Collection, DocumentId } from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";

/** Locks per collection. A bulk write takes most of them and so has the collection to itself; single changes seldom meet. */
const STRIPES = 64;

/**
 * Holds the named documents to the end of the transaction, also those that do not exist yet: a row lock cannot do that,
 * and where a document lives must not change between looking and locking its scopes. All processes of all versions must
 * compute the same numbers, and everyone takes them in rising order, so that no two wait for each other.
 */
export async function lockDocuments(
  tx: Queryable,
  documents: readonly { readonly collection: Collection; readonly id: DocumentId }[],
): Promise<void> {
  const wanted = new Map<string, readonly [number, number]>();
  for (const { collection, id } of documents) {
    const pair = [hash(`reference/${collection}`), hash(id) & (STRIPES - 1)] as const;
    wanted.set(pair.join(" "), pair);
  }
  const pairs = [...wanted.values()].toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
  await tx.query(sql`
    SELECT pg_advisory_xact_lock(name, stripe)
    FROM unnest(${pairs.map((pair) => pair[0])}::int[], ${pairs.map((pair) => pair[1])}::int[]) AS wanted (name, stripe)`);
}

/** FNV-1a, as a signed 32-bit number. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value | 0;
}
