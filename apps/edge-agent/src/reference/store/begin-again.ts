import type { Collection, Scope } from "@tillsync/sync-protocol";
import { sql } from "../../store/sql.ts";
import { writeReference } from "./in-reference.ts";
import type { ReferenceFile, ReferenceStore } from "./reference-store.ts";
import { tableOf } from "./tables.ts";

/** Version of a document that is only known from before: any that the cloud tells of is later. */
const FROM_BEFORE = 0;

/**
 * The cloud's order of a scope has begun anew. Its documents stay readable until the cloud has told of all that it has;
 * each one that it tells of is taken, whatever its version, and `endAgain` removes the rest. Throws `store.*`.
 */
export function beginAgain(store: ReferenceStore, collection: Collection, scopes: readonly Scope[]): void {
  const { table } = tableOf(collection);
  writeReference(store, (file) => {
    for (const scope of scopes) {
      file.prepare<[number, string]>(`UPDATE ${table} SET version = ? WHERE scope = ?`).run(FROM_BEFORE, scope);
      file
        .prepare(sql`UPDATE position SET position = 0, base = NULL, loaded = 0 WHERE collection = ? AND scope = ?`)
        .run(collection, scope);
      file.prepare(sql`DELETE FROM applied_chunk WHERE collection = ? AND scope = ?`).run(collection, scope);
    }
  });
}

/** The cloud has told of everything: what is still only known from before is gone there. Call it inside a transaction. */
export function endAgain(file: ReferenceFile, collection: Collection): void {
  const { table } = tableOf(collection);
  const gone = file
    .prepare<[number], { id: string; n: number }>(`SELECT n, id FROM ${table} WHERE version = ? AND deleted = 0`)
    .all(FROM_BEFORE);
  for (const { n, id } of gone) {
    const tombstone = JSON.stringify({ id, schemaVersion: 1, version: 1, _deleted: true });
    file.lastChange += 1;
    file
      .prepare<[number, string, number]>(`UPDATE ${table} SET n = ?, deleted = 1, body = ? WHERE n = ?`)
      .run(file.lastChange, tombstone, n);
  }
}
