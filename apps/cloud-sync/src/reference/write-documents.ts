import {
  SCHEMA_VERSIONS,
  TillsyncError,
  type Collection,
  type DocumentId,
  type ReferenceDocument,
  type Scope,
} from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import { documentText } from "./document-text.ts";
import { findEffects } from "./find-effects.ts";
import { lockDocuments } from "./lock-documents.ts";
import { storeEffects } from "./store-effects.ts";
import { takePositions } from "./take-positions.ts";

export interface DocumentChange {
  readonly collection: Collection;
  readonly id: DocumentId;
  /** Where it is to live. Of a deletion: where it is believed to live. */
  readonly scope: Scope;
  /** Fields as an object that the collection's schema accepted; undefined: delete. */
  readonly fields: ReferenceDocument | undefined;
}

export interface MovedHead {
  readonly collection: Collection;
  readonly scope: Scope;
  readonly head: number;
}

/** Changes of one call: one statement each for locks, state, positions and rows, with parameters of some megabytes. */
export const CHANGES_MAX = 10_000;

/** A change on its way: `body` null is a deletion. */
export interface PlannedChange {
  readonly collection: Collection;
  readonly id: DocumentId;
  readonly scope: Scope;
  readonly body: string | null;
  readonly schemaVersion: number;
}

/**
 * Writes documents inside the caller's transaction (READ COMMITTED) and gives the heads that moved, for `announceHeads`
 * after the commit.
 *
 * - Equal content in the same scope: no position, no version. Of several changes of one document the last one counts.
 * - In another scope than before: it moves; the old scope gets a position too, so that who reads that alone learns it.
 * - A deletion leaves a tombstone, and takes place only if the document lives in the scope named: it may have moved.
 * - The caller has validated the fields; who may write what is the caller's to know.
 *
 * The rows of all scopes touched stay locked from here to the commit: that keeps positions dense and in commit order, so
 * nothing that takes long may follow. Documents and scopes are locked in one order by everyone; a transaction calls this
 * once, or two of them could wait for each other. Throws `reference.invalid` for an id that is no text.
 */
export async function writeDocuments(tx: Queryable, changes: readonly DocumentChange[], nowMs: number): Promise<MovedHead[]> {
  if (changes.length > CHANGES_MAX) throw new TillsyncError("reference.invalid", `more than ${CHANGES_MAX} changes at once`);
  const planned = planChanges(changes);
  if (planned.length === 0) return [];
  await lockDocuments(tx, planned);
  const effects = await findEffects(tx, planned);
  if (effects.length === 0) return [];
  const { placed, heads } = await takePositions(tx, effects);
  await storeEffects(tx, effects, placed, nowMs);
  return heads;
}

function planChanges(changes: readonly DocumentChange[]): PlannedChange[] {
  const planned = new Map<string, PlannedChange>();
  for (const { collection, id, scope, fields } of changes) {
    // Half a surrogate pair has no bytes in UTF-8.
    if (!id.isWellFormed()) throw new TillsyncError("reference.invalid", "id: not a text");
    const body = fields === undefined ? null : documentText(fields);
    const key = `${collection}\n${id}`;
    planned.delete(key);
    planned.set(key, { collection, id, scope, body, schemaVersion: SCHEMA_VERSIONS[collection] });
  }
  return [...planned.values()];
}
