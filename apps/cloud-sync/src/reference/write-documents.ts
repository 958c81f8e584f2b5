import {
  SCHEMA_VERSIONS,
  TillsyncError,
  type Collection,
  type DocumentId,
  type Price,
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
  /** Of a living price: what it is for, and when it ends. */
  readonly itemId: string | null;
  readonly validUntil: string | null;
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
  return (await writeAndCount(tx, changes, nowMs)).heads;
}

/** The same, with how many documents changed. */
export async function writeAndCount(
  tx: Queryable,
  changes: readonly DocumentChange[],
  nowMs: number,
): Promise<{ heads: MovedHead[]; changed: number }> {
  if (changes.length > CHANGES_MAX) throw new TillsyncError("reference.invalid", `more than ${CHANGES_MAX} changes at once`);
  const planned = planChanges(changes);
  if (planned.length === 0) return { heads: [], changed: 0 };
  await lockDocuments(tx, planned);
  const effects = await findEffects(tx, planned);
  if (effects.length === 0) return { heads: [], changed: 0 };
  const { placed, heads } = await takePositions(tx, effects);
  await storeEffects(tx, effects, placed, nowMs);
  return { heads, changed: effects.length };
}

function planChanges(changes: readonly DocumentChange[]): PlannedChange[] {
  const planned = new Map<string, PlannedChange>();
  for (const change of changes) {
    const { collection, id } = change;
    const key = `${collection}\n${id}`;
    planned.delete(key);
    planned.set(key, planChange(change));
  }
  return [...planned.values()];
}

/** A change as it is written, whatever is there. Throws `reference.invalid` for an id that is no text. */
export function planChange({ collection, id, scope, fields }: DocumentChange): PlannedChange {
  // Half a surrogate pair has no bytes in UTF-8.
  if (!id.isWellFormed()) throw new TillsyncError("reference.invalid", "id: not a text");
  const body = fields === undefined ? null : documentText(fields);
  const price = collection === "prices" && fields !== undefined ? (fields as Price) : undefined;
  const itemId = price === undefined ? null : columnText(price.itemId);
  return { collection, id, scope, body, schemaVersion: SCHEMA_VERSIONS[collection], itemId, validUntil: price?.validUntil ?? null };
}

/** A text as a column takes it: PostgreSQL has no place for NUL and halves of surrogate pairs. The body keeps them. */
export const columnText = (text: string): string => text.replaceAll("\0", "").toWellFormed();
