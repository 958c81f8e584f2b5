import type { Collection, Scope, SnapshotManifest } from "@tillsync/sync-protocol";
import { sql } from "../../store/sql.ts";
import { writeReference } from "./in-reference.ts";
import { movePosition, positionsOf } from "./positions.ts";
import type { ReferenceFile, ReferenceStore } from "./reference-store.ts";

/**
 * Which snapshots are to be loaded, in their order: those of scopes that have nothing, and those that were begun. A first
 * load ends at the position of the FIRST snapshot that it began with, whatever snapshots its chunks came from in the end: what an
 * older chunk has and a newer snapshot no longer has is heard of by pulling from there. Throws `store.*`.
 */
export function beginFirstLoads(store: ReferenceStore, manifests: readonly SnapshotManifest[]): readonly SnapshotManifest[] {
  return writeReference(store, (file) => {
    const wanted = manifests.filter((manifest) => begin(file, manifest));
    const named = new Set(wanted.map(({ collection, scope }) => `${collection} ${scope}`));
    // Begun, but the cloud has no snapshot of it any more: what is there stays, the rest comes by pulling from the start.
    for (const { collection, scope } of underWay(file)) if (!named.has(`${collection} ${scope}`)) giveUp(file, collection, scope);
    return wanted;
  });
}

/** Every chunk of the snapshot was applied: the scope stands where its first load began. Call it inside a transaction. */
export function endFirstLoad(file: ReferenceFile, collection: Collection, scope: Scope): void {
  const base = positionsOf(file, collection).find((position) => position.scope === scope)?.base;
  if (base === undefined) return;
  movePosition(file, collection, scope, base);
  giveUp(file, collection, scope);
}

export const isChunkApplied = (file: ReferenceFile, collection: Collection, scope: Scope, sha256: string): boolean =>
  file
    .prepare<[string, string, string]>(sql`SELECT 1 FROM applied_chunk WHERE collection = ? AND scope = ? AND sha256 = ?`)
    .get(collection, scope, sha256) !== undefined;

/** Call it in the transaction of the chunk's last documents. */
export function markChunkApplied(file: ReferenceFile, collection: Collection, scope: Scope, sha256: string): void {
  file.prepare(sql`INSERT OR IGNORE INTO applied_chunk (collection, scope, sha256) VALUES (?, ?, ?)`).run(collection, scope, sha256);
}

export const underWay = (file: ReferenceFile): readonly { collection: Collection; scope: Scope }[] =>
  file.prepare<[], { collection: Collection; scope: Scope }>(sql`SELECT collection, scope FROM position WHERE base IS NOT NULL`).all();

function begin(file: ReferenceFile, { collection, scope, position }: SnapshotManifest): boolean {
  const known = positionsOf(file, collection).find((one) => one.scope === scope);
  if (known?.base !== undefined) return true;
  if (known !== undefined && (known.loaded || known.position > 0)) return false;
  file
    .prepare(
      sql`INSERT INTO position (collection, scope, position, base) VALUES (?, ?, 0, ?)
          ON CONFLICT (collection, scope) DO UPDATE SET base = excluded.base`,
    )
    .run(collection, scope, position);
  return true;
}

function giveUp(file: ReferenceFile, collection: Collection, scope: Scope): void {
  file.prepare(sql`UPDATE position SET base = NULL WHERE collection = ? AND scope = ?`).run(collection, scope);
  file.prepare(sql`DELETE FROM applied_chunk WHERE collection = ? AND scope = ?`).run(collection, scope);
}
