import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";

export interface ServiceClientRow {
  readonly name: string;
  readonly may: readonly string[];
  /** Null: every store. */
  readonly store: string | null;
  readonly createdAtMs: number;
  /** Null: active. */
  readonly revokedAtMs: number | null;
}

export interface ServiceClientDeed {
  readonly atMs: number;
  readonly action: string;
  readonly name: string;
  readonly who: string;
  readonly detail: string | null;
}

export const listServiceClients = (db: Queryable): Promise<ServiceClientRow[]> =>
  db.query<ServiceClientRow>(sql`
    SELECT name, may, store_id AS store, created_at_ms AS "createdAtMs", revoked_at_ms AS "revokedAtMs" FROM service_client ORDER BY name`);

/** Who made and revoked which client, oldest first. */
export const listServiceClientDeeds = (db: Queryable): Promise<ServiceClientDeed[]> =>
  db.query<ServiceClientDeed>(sql`SELECT at_ms AS "atMs", action, name, who, detail FROM service_client_audit ORDER BY id`);
