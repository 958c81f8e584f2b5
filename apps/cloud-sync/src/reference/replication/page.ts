import type { Collection, Scope } from "@tillsync/sync-protocol";
import type { Queryable } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";

/** Documents of one page as JSON text. Past it a page is cut, whatever its number; a first document always comes. */
export const PAGE_BYTES_MAX = 4 * 1024 * 1024;

/** Which page: of one order of changes, what stands behind `from`. */
export interface PageOf {
  readonly collection: Collection;
  readonly scope: Scope;
  readonly from: number;
  readonly limit: number;
}

/** One pointer of the order with the document's state now. `scope`: where it lives, or lived last. `body` null: deleted. */
export interface PageRow {
  readonly position: number;
  readonly id: string;
  readonly scope: Scope;
  readonly version: number;
  readonly schemaVersion: number;
  readonly body: string | null;
}

export interface Page {
  readonly rows: readonly PageRow[];
  /** The last row's position; `from` where there is none. */
  readonly to: number;
  /** There may be more behind `to`: the page has as many rows as asked for, or was cut by its size. */
  readonly more: boolean;
  /** All rows are living documents of this very scope, or its tombstones: whoever sees the scope sees the same. */
  readonly plain: boolean;
  readonly bytes: number;
}

/**
 * Reads one page from one snapshot of the database. The texts are those that were stored; nothing is parsed. The highest
 * position given out always has its pointer, so that a page without `more` ends at the scope's head or beyond the one
 * that was known when it was asked for.
 */
export async function readPage(db: Queryable, of: PageOf, bytesMax = PAGE_BYTES_MAX): Promise<Page> {
  const rows = await db.query<PageRow & { cut: boolean }>(sql`
    SELECT position, id, scope, version, schema_version AS "schemaVersion", CASE WHEN cut THEN NULL ELSE body END AS body, cut
    FROM (
      SELECT *, n > 1 AND coalesce(sum(octet_length(body)) OVER (ORDER BY position), 0) > ${bytesMax}::bigint AS cut
      FROM (
        SELECT c.position, d.id, d.scope, d.version, d.schema_version, d.body::text AS body, row_number() OVER (ORDER BY c.position) AS n
        FROM (
          SELECT position, id FROM reference_change
          WHERE collection = ${of.collection} AND scope = ${of.scope} AND position > ${of.from}::bigint
          ORDER BY position LIMIT ${of.limit}::int
        ) AS c
        JOIN reference_document d ON d.collection = ${of.collection} AND d.id = c.id
      ) AS numbered
    ) AS measured
    ORDER BY position`);
  const firstCut = rows.findIndex((row) => row.cut);
  const kept = firstCut === -1 ? rows : rows.slice(0, firstCut);
  return {
    rows: kept,
    to: kept.at(-1)?.position ?? of.from,
    more: kept.length === of.limit || firstCut !== -1,
    plain: kept.every((row) => row.scope === of.scope),
    bytes: kept.reduce((sum, row) => sum + (row.body?.length ?? 0), 0),
  };
}
