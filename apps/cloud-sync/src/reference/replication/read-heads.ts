import type { Collection, Scope } from "@tillsync/sync-protocol";
import type { Queryable } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import type { MovedHead } from "../write-documents.ts";

/** Heads of these scopes of these collections. A scope that nothing was ever written to is not among them: its head is zero. */
export const readHeads = (db: Queryable, collections: readonly Collection[], scopes: readonly Scope[]): Promise<MovedHead[]> =>
  db.query<MovedHead>(sql`
    SELECT collection, scope, head FROM reference_scope
    WHERE collection = ANY (${collections}::text[]) AND scope = ANY (${scopes}::text[])`);
