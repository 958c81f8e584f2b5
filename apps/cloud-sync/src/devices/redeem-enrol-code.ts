import { TillsyncError, type EnrolRequest, type EnrolResponse } from "@tillsync/sync-protocol";
import { calculateJwkThumbprint } from "jose";
import type { Database, Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { hashEnrolCode } from "./create-enrol-code.ts";
import type { CloudSettings } from "./settings.ts";

interface CodeRow {
  terminal_id: string;
  store_id: string;
  expires_at_ms: number;
  redeemed_at_ms: number | null;
  redeemed_keys: string | null;
  first_epoch: number | null;
}

interface Keys {
  readonly identity: string;
  readonly journal: string;
}

/**
 * Redeems a one-time code for a terminal's keys, in one transaction under the code's row lock: of many who come with one
 * code at once, one gets through. The same code with the same keys gets the same answer again, since an answer may be
 * lost on its way. Enrolling a revoked terminal anew makes it active. Throws `enrol.code-invalid`, `enrol.code-used`,
 * `enrol.store-mismatch`.
 */
export async function redeemEnrolCode(db: Database, settings: CloudSettings, request: EnrolRequest, nowMs: number): Promise<EnrolResponse> {
  const keys: Keys = {
    identity: await calculateJwkThumbprint(request.identityKey),
    journal: await calculateJwkThumbprint(request.journalKey),
  };
  const redeemedKeys = `${keys.identity} ${keys.journal}`;
  const { code, firstEpoch } = await db.transaction(async (tx) => {
    const found = await lockCode(tx, request.code);
    if (found.redeemed_at_ms !== null) {
      if (found.redeemed_keys !== redeemedKeys || found.first_epoch === null) throw new TillsyncError("enrol.code-used");
      return { code: found, firstEpoch: found.first_epoch };
    }
    if (found.expires_at_ms <= nowMs) throw new TillsyncError("enrol.code-invalid");
    const epoch = await enrolTerminal(tx, found, request, keys, nowMs);
    await tx.query(sql`
      UPDATE enrol_code SET redeemed_at_ms = ${nowMs}::bigint, redeemed_keys = ${redeemedKeys}, first_epoch = ${epoch}
      WHERE code_hash = ${hashEnrolCode(request.code)}`);
    return { code: found, firstEpoch: epoch };
  });
  return {
    terminal: code.terminal_id as EnrolResponse["terminal"],
    store: code.store_id as EnrolResponse["store"],
    audience: settings.audience,
    firstEpoch: firstEpoch as EnrolResponse["firstEpoch"],
    pseudonymKey: settings.pseudonymKey,
    serverTimeMs: nowMs,
  };
}

async function lockCode(tx: Queryable, code: string): Promise<CodeRow> {
  const rows = await tx.query<CodeRow>(sql`
    SELECT terminal_id, store_id, expires_at_ms, redeemed_at_ms, redeemed_keys, first_epoch FROM enrol_code
    WHERE code_hash = ${hashEnrolCode(code)} FOR UPDATE`);
  if (rows[0] === undefined) throw new TillsyncError("enrol.code-invalid");
  return rows[0];
}

/** The terminal's row lock keeps two codes for one terminal apart. */
async function enrolTerminal(tx: Queryable, code: CodeRow, request: EnrolRequest, keys: Keys, nowMs: number): Promise<number> {
  const rows = await tx.query<{ store_id: string }>(sql`
    INSERT INTO terminal (terminal_id, store_id, agent_version) VALUES (${code.terminal_id}, ${code.store_id}, ${request.agentVersion})
    ON CONFLICT (terminal_id) DO UPDATE SET state = 'active', agent_version = excluded.agent_version
    RETURNING store_id`);
  if (rows[0]?.store_id !== code.store_id) throw new TillsyncError("enrol.store-mismatch", code.terminal_id);
  const known = await lastKeys(tx, code.terminal_id);
  if (known?.identity_thumbprint === keys.identity && known.journal_thumbprint === keys.journal) return known.first_epoch;
  const firstEpoch = known === undefined ? 1 : Math.max(known.first_epoch, known.max_epoch) + 1;
  await tx.query(sql`
    INSERT INTO terminal_key (terminal_id, first_epoch, identity_key, identity_thumbprint, journal_key, journal_thumbprint, enrolled_at_ms)
    VALUES (${code.terminal_id}, ${firstEpoch}, ${JSON.stringify(request.identityKey)}, ${keys.identity},
      ${JSON.stringify(request.journalKey)}, ${keys.journal}, ${nowMs}::bigint)`);
  return firstEpoch;
}

interface KnownKeys {
  first_epoch: number;
  identity_thumbprint: string;
  journal_thumbprint: string;
  max_epoch: number;
}

const lastKeys = async (tx: Queryable, terminal: string): Promise<KnownKeys | undefined> =>
  (
    await tx.query<KnownKeys>(sql`
      SELECT first_epoch, identity_thumbprint, journal_thumbprint,
        coalesce((SELECT max(epoch) FROM journal j WHERE j.terminal_id = k.terminal_id), 0) AS max_epoch
      FROM terminal_key k WHERE terminal_id = ${terminal} ORDER BY first_epoch DESC LIMIT 1`)
  )[0];
