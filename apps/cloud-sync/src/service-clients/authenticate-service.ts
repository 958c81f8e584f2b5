import { timingSafeEqual } from "node:crypto";
import { TillsyncError } from "@tillsync/sync-protocol";
import { z } from "zod";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { serviceRightsSchema, serviceStoreSchema, type ServiceClient, type ServiceRight } from "./service-client.ts";
import { hashServiceSecret, readServiceToken } from "./service-token.ts";

const rowSchema = z.object({
  name: z.string(),
  token_hash: z.instanceof(Uint8Array),
  may: serviceRightsSchema,
  store_id: serviceStoreSchema.nullable(),
  revoked: z.boolean(),
});

/** Compared with when there is no such client, so that both answers take the same work. */
const NOBODY = new Uint8Array(32);

/**
 * Who sent this request, if its token is a service client's; undefined: it is not, a device's proof perhaps. The row is
 * read for every request, so that a revocation acts on the next one. Throws `auth.service-token` for a token that is
 * wrong or revoked; which of the two it does not say.
 */
export async function authenticateService(db: Queryable, authorization: string | undefined): Promise<ServiceClient | undefined> {
  const token = readServiceToken(authorization);
  if (token === undefined) return undefined;
  const rows = await db.query(sql`
    SELECT name, token_hash, may, store_id, revoked_at_ms IS NOT NULL AS revoked FROM service_client WHERE token_id = ${token.id}`);
  const row = rows[0] === undefined ? undefined : rowSchema.parse(rows[0]);
  const same = timingSafeEqual(hashServiceSecret(token.secret), row?.token_hash ?? NOBODY);
  if (row === undefined || !same || row.revoked) throw new TillsyncError("auth.service-token");
  return { name: row.name, may: new Set(row.may), store: row.store_id ?? undefined };
}

/** For routes that are for service clients alone. Throws `auth.service-token`, `auth.not-allowed`. */
export async function requireService(db: Queryable, authorization: string | undefined, right: ServiceRight): Promise<ServiceClient> {
  const client = await authenticateService(db, authorization);
  if (client === undefined) throw new TillsyncError("auth.service-token", "none given");
  if (!client.may.has(right)) throw new TillsyncError("auth.not-allowed", right);
  return client;
}
