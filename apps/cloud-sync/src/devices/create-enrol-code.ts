import { createHash } from "node:crypto";
import { TillsyncError, type StoreId, type TerminalId } from "@tillsync/sync-protocol";
import type { Database } from "../db/database.ts";
import { sql } from "../db/sql.ts";

/** Crockford's alphabet: no I, L, O or U, so that a code can be read out over a telephone. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CODE_LETTERS = 12;

/** A code that nobody used within a day was lost or forgotten; a new one costs a minute. */
export const ENROL_CODE_LIFE_MS = 24 * 60 * 60 * 1000;

export interface NewEnrolCode {
  /** `XXXX-XXXX-XXXX`. Shown once; the database keeps its hash alone. */
  readonly code: string;
  readonly expiresAtMs: number;
}

/**
 * Makes a one-time code for a terminal of a store. The store is made if it is new, in the shard `main`.
 * Throws `enrol.store-mismatch` when the terminal belongs to another store.
 */
export async function createEnrolCode(
  db: Database,
  wanted: { terminal: TerminalId; store: StoreId; nowMs: number; lifeMs?: number; randomBytes: (count: number) => Uint8Array },
): Promise<NewEnrolCode> {
  // 256 is a multiple of 32: every letter is equally likely.
  const letters = Array.from(wanted.randomBytes(CODE_LETTERS), (byte) => ALPHABET.charAt(byte % ALPHABET.length)).join("");
  const expiresAtMs = wanted.nowMs + (wanted.lifeMs ?? ENROL_CODE_LIFE_MS);
  await db.transaction(async (tx) => {
    const known = await tx.query<{ store_id: string }>(sql`SELECT store_id FROM terminal WHERE terminal_id = ${wanted.terminal}`);
    if (known[0] !== undefined && known[0].store_id !== wanted.store)
      throw new TillsyncError("enrol.store-mismatch", `${wanted.terminal} belongs to ${known[0].store_id}`);
    await tx.query(sql`INSERT INTO store (store_id, shard) VALUES (${wanted.store}, 'main') ON CONFLICT DO NOTHING`);
    await tx.query(sql`
      INSERT INTO enrol_code (code_hash, terminal_id, store_id, created_at_ms, expires_at_ms)
      VALUES (${hashEnrolCode(letters)}, ${wanted.terminal}, ${wanted.store}, ${wanted.nowMs}::bigint, ${expiresAtMs}::bigint)`);
  });
  return { code: letters.replace(/(.{4})(.{4})/, "$1-$2-"), expiresAtMs };
}

/** Of the code without its dashes. 60 random bits need no slow hash. */
export const hashEnrolCode = (letters: string): Uint8Array => createHash("sha256").update(`tillsync-enrol-code/1\n${letters}`).digest();
