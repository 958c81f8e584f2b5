import type { OrderConflict, OrderStatus } from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";

/** An order that a person has to settle; `docs/operate/orders.md` says how. */
export interface ConflictRow {
  /** Key of the order's document. */
  readonly id: string;
  readonly store: string;
  readonly status: OrderStatus;
  readonly conflict: OrderConflict;
  readonly revision: number;
  readonly pickedRevision: number | null;
  /** Those that handed it over, the first one first. */
  readonly tills: readonly string[];
  readonly changedAtMs: number;
}

interface Wish {
  readonly store: string | undefined;
  readonly limit: number;
}

/** Orders with a conflict, those that changed last first. */
export const listConflicts = (db: Queryable, { store, limit }: Wish): Promise<ConflictRow[]> =>
  db.query<ConflictRow>(sql`
    SELECT id, body ->> 'storeId' AS store, body ->> 'status' AS status, body ->> 'conflict' AS conflict,
      coalesce((body ->> 'revision')::int, 1) AS revision, (body ->> 'pickedRevision')::int AS "pickedRevision",
      coalesce((SELECT json_agg(one ->> 'terminal') FROM json_array_elements(body -> 'handOvers') AS one), '[]') AS tills,
      changed_at_ms AS "changedAtMs"
    FROM reference_document
    WHERE collection = 'orders' AND body ->> 'conflict' IS NOT NULL AND (${store ?? null}::text IS NULL OR body ->> 'storeId' = ${store ?? null}::text)
    ORDER BY changed_at_ms DESC, id LIMIT ${limit}`);

/** A record that changed nothing of what flows down, or not all that it tells, and why. */
export interface RefusalRow {
  readonly naturalKey: string;
  readonly store: string;
  readonly terminalId: string;
  readonly code: string;
  readonly detail: string | null;
  readonly atMs: number;
}

/** The latest first. */
export const listRefusals = (db: Queryable, { store, limit }: Wish): Promise<RefusalRow[]> =>
  db.query<RefusalRow>(sql`
    SELECT t.natural_key AS "naturalKey", t.store_id AS store, t.terminal_id AS "terminalId", f.code, f.detail, f.at_ms AS "atMs"
    FROM fold_refusal f JOIN transaction t ON t.shard = f.shard AND t.tpos = f.tpos
    WHERE (${store ?? null}::text IS NULL OR t.store_id = ${store ?? null}::text)
    ORDER BY f.at_ms DESC, f.shard, f.tpos DESC LIMIT ${limit}`);
