import {
  readDocument,
  type Collection,
  type DocumentId,
  type ReferenceDocument,
  type Scope,
  type WireDocument,
} from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";

/** A document as it stands in the database. */
export interface Standing<C extends Collection = Collection> {
  readonly scope: Scope;
  /** Undefined: deleted. */
  readonly fields: ReferenceDocument<C> | undefined;
  readonly changedAtMs: number;
}

/** Documents of one collection by their ids, as of the current shape. Call it under their locks. Throws `reference.*` for one that cannot be read. */
export async function readStanding<C extends Collection>(
  tx: Queryable,
  collection: C,
  ids: readonly DocumentId[],
): Promise<Map<DocumentId, Standing<C>>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.query<{ id: DocumentId; scope: Scope; body: string | null; schema_version: number; changed_at_ms: number }>(sql`
    SELECT id, scope, body::text AS body, schema_version, changed_at_ms FROM reference_document
    WHERE collection = ${collection} AND id = ANY (${ids}::text[])`);
  return new Map(
    rows.map((row) => [
      row.id,
      {
        scope: row.scope,
        changedAtMs: row.changed_at_ms,
        fields: row.body === null ? undefined : readBody(collection, row.body, row.schema_version),
      },
    ]),
  );
}

const readBody = <C extends Collection>(collection: C, body: string, schemaVersion: number): ReferenceDocument<C> =>
  readDocument(collection, { ...(JSON.parse(body) as WireDocument), schemaVersion, version: 1, _deleted: false });
