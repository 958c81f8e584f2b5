import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";

/** One scope of a collection: its last position, and how many documents live in it. */
export interface ReferenceStatus {
  readonly collection: string;
  readonly scope: string;
  readonly head: number;
  readonly documents: number;
}

/** Reads one row a scope and counts nothing. */
export const referenceStatus = (db: Queryable): Promise<ReferenceStatus[]> =>
  db.query<ReferenceStatus>(sql`SELECT collection, scope, head, documents FROM reference_scope ORDER BY collection, scope`);
