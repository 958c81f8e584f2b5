import type { Collection, DocumentId, Scope } from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";

export const EXPORT_DOCUMENTS_MAX = 10_000;
/** Text of one page; documents of 256 KB come fewer at a time. */
export const EXPORT_BYTES_MAX = 16 * 1024 * 1024;
/** Rows fetched at once: at most some 50 MB of the largest documents. */
const FETCH_ROWS = 200;

export interface ExportWish {
  readonly collection: Collection;
  /** Undefined: every scope. */
  readonly scopes: readonly Scope[] | undefined;
  readonly after: string;
  readonly limit: number;
}

export interface ExportPage {
  /** One document a line, as a feed takes it back: `{"id", "scope", ...fields}`. */
  readonly lines: readonly string[];
  /** What `after` is for the next page; undefined: that was all. */
  readonly next: string | undefined;
}

interface Row {
  readonly id: DocumentId;
  readonly scope: Scope;
  readonly body: string;
}

/** Living documents in the order of their ids. A page is of no one moment: what changes meanwhile comes as it is found. */
export async function exportDocuments(db: Queryable, wish: ExportWish): Promise<ExportPage> {
  const lines: string[] = [];
  let { after } = wish;
  let bytes = 0;
  while (lines.length < wish.limit && bytes < EXPORT_BYTES_MAX) {
    const wanted = Math.min(FETCH_ROWS, wish.limit - lines.length);
    const rows = await db.query<Row>(sql`
      SELECT id, scope, body::text AS body FROM reference_document
      WHERE collection = ${wish.collection} AND id > ${after} AND body IS NOT NULL
        AND (${wish.scopes ?? null}::text[] IS NULL OR scope = ANY(${wish.scopes ?? null}::text[]))
      ORDER BY id LIMIT ${wanted}`);
    for (const row of rows) {
      const line = withScope(row);
      lines.push(line);
      bytes += line.length;
    }
    after = rows.at(-1)?.id ?? after;
    if (rows.length < wanted) return { lines, next: undefined };
  }
  return { lines, next: after };
}

/** The stored text begins with the id; the rest of it stays as it is. */
const withScope = ({ id, scope, body }: Row): string => {
  const head = `{"id":${JSON.stringify(id)}`;
  return `${head},"scope":"${scope}"${body.slice(head.length)}`;
};
