import type { Collection } from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";

/** One document with what is known about it. */
export interface StoredDocument {
  readonly collection: string;
  readonly id: string;
  readonly scope: string;
  readonly version: number;
  readonly schemaVersion: number;
  readonly changedAtMs: number;
  /** Null: deleted. */
  readonly fields: unknown;
}

export async function showDocument(db: Queryable, collection: Collection, id: string): Promise<StoredDocument | undefined> {
  const rows = await db.query<Omit<StoredDocument, "fields"> & { readonly body: string | null }>(sql`
    SELECT collection, id, scope, version, schema_version AS "schemaVersion", changed_at_ms AS "changedAtMs", body::text AS body
    FROM reference_document WHERE collection = ${collection} AND id = ${id}`);
  if (rows[0] === undefined) return undefined;
  const { body, ...rest } = rows[0];
  return { ...rest, fields: body === null ? null : (JSON.parse(body) as unknown) };
}
