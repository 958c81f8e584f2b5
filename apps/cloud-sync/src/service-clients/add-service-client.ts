import { TillsyncError, type StoreId } from "@tillsync/sync-protocol";
import type { Database } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import type { ServiceRight } from "./service-client.ts";
import { hashServiceSecret, makeServiceToken } from "./service-token.ts";

export interface NewServiceClient {
  readonly name: string;
  readonly may: readonly ServiceRight[];
  readonly store: StoreId | undefined;
  readonly who: string;
  readonly nowMs: number;
  readonly randomBytes: (count: number) => Uint8Array;
}

/**
 * Makes a service client and gives its token, which is shown once and kept nowhere. A revoked name may be given again:
 * that is how a token is changed. Throws `client.exists`, `store.unknown`.
 */
export async function addServiceClient(db: Database, wanted: NewServiceClient): Promise<{ token: string }> {
  const { name, store = null, who, nowMs } = wanted;
  const may = [...new Set(wanted.may)].toSorted((a, b) => (a < b ? -1 : 1));
  const { id, secret, token } = makeServiceToken(wanted.randomBytes);
  await db.transaction(async (tx) => {
    if (store !== null) {
      const known = await tx.query(sql`SELECT 1 FROM store WHERE store_id = ${store}`);
      if (known.length === 0) throw new TillsyncError("store.unknown", store);
    }
    const made = await tx.query(sql`
      INSERT INTO service_client AS c (name, token_id, token_hash, may, store_id, created_at_ms)
      VALUES (${name}, ${id}, ${hashServiceSecret(secret)}, ${may}::text[], ${store}, ${nowMs}::bigint)
      ON CONFLICT (name) DO UPDATE SET token_id = EXCLUDED.token_id, token_hash = EXCLUDED.token_hash, may = EXCLUDED.may,
        store_id = EXCLUDED.store_id, created_at_ms = EXCLUDED.created_at_ms, revoked_at_ms = NULL
      WHERE c.revoked_at_ms IS NOT NULL
      RETURNING name`);
    if (made.length === 0) throw new TillsyncError("client.exists", name);
    await tx.query(sql`
      INSERT INTO service_client_audit (at_ms, action, name, who, detail)
      VALUES (${nowMs}::bigint, 'add', ${name}, ${who}, ${`${may.join(",")}${store === null ? "" : ` store ${store}`}`})`);
  });
  return { token };
}
