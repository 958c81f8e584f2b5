import { assert, type Collection, type DocumentId, type Scope } from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import type { Effect } from "./find-effects.ts";
import type { MovedHead } from "./write-documents.ts";

/** A document's new place in the order of changes of a scope. */
export interface Placed {
  readonly collection: Collection;
  readonly scope: Scope;
  readonly position: number;
  readonly id: DocumentId;
}

interface ScopeTouched {
  readonly collection: Collection;
  readonly scope: Scope;
  readonly ids: DocumentId[];
  gain: number;
}

/**
 * Moves the heads and counts of living documents of all scopes touched, in one order by everyone, and gives each document its position there. From here
 * to the commit the scopes' rows are locked: a transaction that rolls back gives its positions back, and a higher one can
 * only be taken after this one is committed.
 */
export async function takePositions(tx: Queryable, effects: readonly Effect[]): Promise<{ placed: Placed[]; heads: MovedHead[] }> {
  const touched = scopesTouched(effects);
  const heads = await tx.query<MovedHead>(sql`
    INSERT INTO reference_scope AS s (collection, scope, head, documents)
    SELECT c, s, n, g FROM json_to_recordset(${JSON.stringify(touched.map(({ collection, scope, ids, gain }) => ({ c: collection, s: scope, n: ids.length, g: gain })))}::json)
      AS r (c text, s text, n bigint, g bigint)
    ORDER BY c COLLATE "C", s COLLATE "C"
    ON CONFLICT (collection, scope) DO UPDATE SET head = s.head + EXCLUDED.head, documents = s.documents + EXCLUDED.documents
    RETURNING collection, scope, head`);
  const byName = new Map(heads.map((head) => [`${head.collection} ${head.scope}`, head]));
  const placed = touched.flatMap(({ collection, scope, ids }) => {
    const moved = byName.get(`${collection} ${scope}`);
    assert(moved !== undefined, "every scope touched has a head");
    const first = moved.head - ids.length + 1;
    return ids.map((id, i) => ({ collection, scope, position: first + i, id }));
  });
  return { placed, heads };
}

function scopesTouched(effects: readonly Effect[]): ScopeTouched[] {
  const touched = new Map<string, ScopeTouched>();
  const touch = (collection: Collection, scope: Scope, id: DocumentId, gain: number): void => {
    const key = `${collection} ${scope}`;
    const known = touched.get(key);
    if (known === undefined) touched.set(key, { collection, scope, ids: [id], gain });
    else {
      known.ids.push(id);
      known.gain += gain;
    }
  };
  for (const { collection, scope, leaves, id, gain } of effects) {
    touch(collection, scope, id, gain);
    if (leaves !== undefined) touch(collection, leaves, id, -1);
  }
  return [...touched.values()];
}
