import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";

/** What this cloud chose for itself once, for ever: a restored database brings it back. */
export interface CloudSettings {
  /** Names this cloud in devices' proofs, so that a proof for another cloud is worth nothing here. */
  readonly audience: string;
  /** Retailer-wide key of the keyed hashes for members and operators, base64url of 32 bytes. */
  readonly pseudonymKey: string;
}

/** Reads the settings, making them at the first start; of two processes that start at once, one's choice stands. */
export async function ensureSettings(db: Queryable, randomBytes: (count: number) => Uint8Array): Promise<CloudSettings> {
  const proposal = [
    { key: "audience", value: `urn:tillsync:cloud:${uuid(randomBytes(16))}` },
    { key: "pseudonym-key", value: Buffer.from(randomBytes(32)).toString("base64url") },
  ];
  for (const { key, value } of proposal)
    await db.query(sql`INSERT INTO setting (key, value) VALUES (${key}, ${value}) ON CONFLICT DO NOTHING`);
  const rows = await db.query<{ key: string; value: string }>(
    sql`SELECT key, value FROM setting WHERE key IN ('audience', 'pseudonym-key')`,
  );
  const known = new Map(rows.map((row) => [row.key, row.value]));
  return { audience: known.get("audience") ?? "", pseudonymKey: known.get("pseudonym-key") ?? "" };
}

/** Version 4, of bytes that the host gives. */
function uuid(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString("hex");
  const variant = "89ab".charAt((bytes[8] ?? 0) & 3);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
