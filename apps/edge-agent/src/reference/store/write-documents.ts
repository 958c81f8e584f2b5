import type { Collection, Scope, WireDocument } from "@tillsync/sync-protocol";
import { sql } from "../../store/sql.ts";
import { writeReferenceMeta } from "./meta.ts";
import type { ReferenceFile } from "./reference-store.ts";
import { gtinsOf, tableOf, type CollectionTable } from "./tables.ts";

/** A document on its way into the store, with its text as it travels. */
export interface IncomingDocument {
  readonly document: WireDocument;
  readonly text: string;
  readonly scope: Scope;
}

interface Statements {
  readonly insert: string;
  readonly update: string;
  readonly find: string;
}

interface Known {
  n: number;
  version: number;
  deleted: number;
  body: string;
}

const STATEMENTS = new Map<Collection, Statements>();

/**
 * Takes what is newer than what is there, by `version` alone: whatever the route and the order, the highest wins. At equal
 * versions a living document wins over a tombstone, which said only that another scope has lost it. Gives how many were
 * taken. Call it inside a transaction.
 */
export function writeDocuments(file: ReferenceFile, collection: Collection, incoming: readonly IncomingDocument[]): number {
  let taken = 0;
  for (const one of incoming) if (writeDocument(file, collection, one)) taken += 1;
  return taken;
}

export function writeDocument(file: ReferenceFile, collection: Collection, incoming: IncomingDocument): boolean {
  const { document, text, scope } = incoming;
  const table = tableOf(collection);
  const statements = statementsOf(table);
  const n = file.lastChange + 1;
  const deleted = document._deleted ? 1 : 0;
  const projected = document._deleted ? table.columns.map(() => null) : table.project(document);
  const values = [n, document.version, scope, deleted, text, ...projected];
  const inserted = file.prepare<unknown[]>(statements.insert).run(document.id, ...values).changes === 1;
  if (!inserted) {
    const known = file.prepare<[string], Known>(statements.find).get(document.id);
    if (known === undefined || !isNewer(document, known)) return false;
    file.prepare<unknown[]>(statements.update).run(...values, known.n);
    if (collection === "products") forgetGtins(file, known.body);
  }
  if (collection === "products" && !document._deleted) keepGtins(file, document);
  file.lastChange = n;
  return true;
}

/** Keeps the number of the last change with the changes. Call it at the end of each transaction that wrote documents. */
export const keepLastChange = (file: ReferenceFile): void => writeReferenceMeta(file, "last-change", String(file.lastChange));

const isNewer = (document: WireDocument, known: Known): boolean =>
  document.version > known.version || (document.version === known.version && known.deleted === 1 && !document._deleted);

/** Codes past the first. */
function keepGtins(file: ReferenceFile, document: WireDocument): void {
  const gtins = gtinsOf(document);
  if (gtins.length < 2) return;
  const insert = file.prepare(sql`INSERT OR IGNORE INTO ref_product_gtin (gtin, id) VALUES (?, ?)`);
  for (const gtin of gtins.slice(1)) insert.run(gtin, document.id);
}

function forgetGtins(file: ReferenceFile, body: string): void {
  const before = JSON.parse(body) as WireDocument;
  const gtins = gtinsOf(before);
  if (gtins.length < 2) return;
  const remove = file.prepare(sql`DELETE FROM ref_product_gtin WHERE gtin = ? AND id = ?`);
  for (const gtin of gtins.slice(1)) remove.run(gtin, before.id);
}

function statementsOf(table: CollectionTable): Statements {
  let statements = STATEMENTS.get(table.collection);
  if (statements === undefined) STATEMENTS.set(table.collection, (statements = makeStatements(table)));
  return statements;
}

/** Names of tables and columns are constants of this program; values are bound. */
function makeStatements({ table, columns }: CollectionTable): Statements {
  const all = ["n", "version", "scope", "deleted", "body", ...columns];
  return {
    insert: `INSERT INTO ${table} (id, ${all.join(", ")}) VALUES (?${", ?".repeat(all.length)}) ON CONFLICT (id) DO NOTHING`,
    update: `UPDATE ${table} SET ${all.map((column) => `${column} = ?`).join(", ")} WHERE n = ?`,
    find: `SELECT n, version, deleted, body FROM ${table} WHERE id = ?`,
  };
}
