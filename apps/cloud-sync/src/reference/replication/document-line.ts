import { assert, type Scope } from "@tillsync/sync-protocol";
import type { PageRow } from "./page.ts";

/**
 * A document as it travels, made from its stored text without reading it. `visible` false: the reader may not see where
 * it lives now, and is told that it is gone.
 */
export function documentLine(row: Omit<PageRow, "position">, visible: boolean): string {
  if (row.body === null || !visible)
    return `{"id":${JSON.stringify(row.id)},"schemaVersion":${row.schemaVersion},"version":${row.version},"_deleted":true}`;
  assert(row.body.startsWith('{"id":') && row.body.endsWith("}"), "a stored document is an object with its id");
  return `${row.body.slice(0, -1)},"schemaVersion":${row.schemaVersion},"version":${row.version},"_deleted":false}`;
}

/** Documents of a page of `scope` as JSON texts, with the scope of each: for a reader who sees `scopes`. */
export function documentLines(
  rows: readonly PageRow[],
  scope: Scope,
  scopes: ReadonlySet<Scope>,
): { readonly documents: readonly string[]; readonly scopes: readonly Scope[] } {
  const seen = rows.map((row) => row.body !== null && scopes.has(row.scope));
  return {
    documents: rows.map((row, i) => documentLine(row, seen[i] === true)),
    scopes: rows.map((row, i) => (seen[i] === true ? row.scope : scope)),
  };
}
