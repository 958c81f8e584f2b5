import type { Collection, DocumentId, Scope } from "@tillsync/sync-protocol";
import type { Queryable } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";

interface Found {
  readonly position: number;
  readonly id: DocumentId;
  readonly scope: Scope;
  readonly version: number;
  readonly body: string | null;
}

/** A reader that only follows positions: what any replica sees, with nothing else to help it. */
export class Follower {
  readonly scopes: readonly Scope[];
  readonly collection: Collection;
  readonly positions = new Map<Scope, number>();
  readonly documents = new Map<DocumentId, { version: number; body: string | null }>();

  constructor(collection: Collection, scopes: readonly Scope[]) {
    this.collection = collection;
    this.scopes = scopes;
  }

  /** One page of each scope. Gives how many changes it met. */
  async pull(db: Queryable, limit: number): Promise<number> {
    let met = 0;
    for (const scope of this.scopes) {
      const rows = await db.query<Found>(sql`
        SELECT c.position, c.id, d.scope, d.version, d.body::text AS body
        FROM reference_change c JOIN reference_document d USING (collection, id)
        WHERE c.collection = ${this.collection} AND c.scope = ${scope} AND c.position > ${this.positions.get(scope) ?? 0}::bigint
        ORDER BY c.position LIMIT ${limit}`);
      for (const row of rows) this.apply(row);
      const last = rows.at(-1);
      if (last !== undefined) this.positions.set(scope, last.position);
      met += rows.length;
    }
    return met;
  }

  /** Living documents, as texts by id. */
  living(): Record<string, string> {
    return Object.fromEntries([...this.documents].flatMap(([id, { body }]) => (body === null ? [] : [[id, body]])));
  }

  private apply(row: Found): void {
    const known = this.documents.get(row.id);
    if (known !== undefined && known.version >= row.version) return;
    this.documents.set(row.id, { version: row.version, body: this.scopes.includes(row.scope) ? row.body : null });
  }
}

/** What a reader of these scopes must have in the end. */
export async function livingIn(db: Queryable, collection: Collection, scopes: readonly Scope[]): Promise<Record<string, string>> {
  const rows = await db.query<{ id: string; body: string }>(sql`
    SELECT id, body::text AS body FROM reference_document
    WHERE collection = ${collection} AND scope = ANY(${scopes}::text[]) AND body IS NOT NULL`);
  return Object.fromEntries(rows.map((row) => [row.id, row.body]));
}
