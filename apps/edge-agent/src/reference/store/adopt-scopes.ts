import { ALL, collections, scopesOf, type Scope, type StoreId, type TerminalId } from "@tillsync/sync-protocol";
import { sql } from "../../store/sql.ts";
import { writeReference } from "./in-reference.ts";
import { readReferenceMeta, writeReferenceMeta } from "./meta.ts";
import type { ReferenceFile, ReferenceStore } from "./reference-store.ts";
import { ALL_TABLES } from "./tables.ts";
import { tellChanged } from "./tell-changed.ts";

/** Who loads, from whom. */
export interface ReferenceOwner {
  /** The cloud's audience: positions of one cloud mean nothing at another. */
  readonly cloud: string;
  readonly terminal: TerminalId;
  readonly store: StoreId;
}

/**
 * Makes the file that of this terminal: documents and positions of scopes that it may no longer see are removed, all of
 * them where the cloud is another one; the rest stays and is not loaded again. Windows start over then. One transaction,
 * as long as it takes: some 100 ms for each 20,000 documents removed, when a terminal has moved. Throws `store.*`.
 */
export function adoptScopes(store: ReferenceStore, owner: ReferenceOwner): "as before" | "changed" {
  const scopes = scopesOf({ store: owner.store, terminal: owner.terminal });
  const wanted = JSON.stringify(scopes);
  const file = store.file;
  const [cloud, before] = [readReferenceMeta(file, "cloud"), readReferenceMeta(file, "scopes")];
  if (cloud === owner.cloud && before === wanted) return "as before";
  writeReference(store, (writing) => {
    if (before !== undefined) removeOthers(writing, cloud === owner.cloud ? scopes : []);
    writeReferenceMeta(writing, "cloud", owner.cloud);
    writeReferenceMeta(writing, "scopes", wanted);
    writeReferenceMeta(writing, "terminal", owner.terminal);
  });
  if (before !== undefined) tellChanged(store, ...collections);
  return "changed";
}

/** The scopes that this file's terminal sees; none before it was enrolled. */
export const adoptedScopes = (file: ReferenceFile): readonly Scope[] =>
  JSON.parse(readReferenceMeta(file, "scopes") ?? "[]") as readonly Scope[];

/** The scope under which windows count local changes. */
export const windowScope = (file: ReferenceFile): Scope => adoptedScopes(file).at(-1) ?? ALL;

function removeOthers(file: ReferenceFile, visible: readonly Scope[]): void {
  const kept = JSON.stringify(visible);
  for (const { table } of ALL_TABLES) {
    file.prepare<[string]>(`DELETE FROM ${table} WHERE scope NOT IN (SELECT value FROM json_each(?))`).run(kept);
  }
  file.prepare(sql`DELETE FROM ref_product_gtin WHERE id NOT IN (SELECT id FROM ref_products)`).run();
  file.prepare<[string]>(sql`DELETE FROM position WHERE scope NOT IN (SELECT value FROM json_each(?))`).run(kept);
  file.prepare<[string]>(sql`DELETE FROM applied_chunk WHERE scope NOT IN (SELECT value FROM json_each(?))`).run(kept);
  file.prepare(sql`DELETE FROM freshness`).run();
  // A window that was told of the removed documents cannot be told of their end one by one.
  file.lastChange += 1;
  writeReferenceMeta(file, "last-change", String(file.lastChange));
  writeReferenceMeta(file, "first-change", String(file.lastChange));
}
