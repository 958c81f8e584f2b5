import { accountKey, TillsyncError, type Account, type Amount } from "@tillsync/sync-protocol";
import type { Database, Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { announceHeads } from "../reference/announce-heads.ts";
import type { MovedHead } from "../reference/write-documents.ts";
import { writeAccountDocuments } from "./account-documents.ts";
import { copyState } from "./account-state.ts";
import { lockAccounts } from "./lock-accounts.ts";
import { preLease } from "./pre-lease.ts";
import { writeAccounts } from "./write-accounts.ts";

export interface Credit {
  readonly account: Account;
  /** Above zero. */
  readonly amount: Amount;
  readonly unit: string;
  /** Names the credit: the same one again is not counted twice. */
  readonly reference: string;
  /** Becomes the account's home store. */
  readonly store?: string | undefined;
  readonly who: string;
  readonly reason?: string | undefined;
}

/**
 * Pays into an account, and makes it where it is new: an opening balance, a top-up, a correction upwards. `repeated`: this
 * reference is in already. Throws `account.reference-used` for another amount under a known reference, `quota.unit-wrong`.
 */
export async function creditAccount(db: Database, credit: Credit, nowMs: number): Promise<"credited" | "repeated"> {
  const { kind, heads } = await db.transaction((tx) => pay(tx, credit, nowMs));
  await announceHeads(db, heads);
  return kind;
}

async function pay(tx: Queryable, credit: Credit, nowMs: number): Promise<{ kind: "credited" | "repeated"; heads: MovedHead[] }> {
  const key = accountKey(credit.account);
  const state = (await lockAccounts(tx, [credit.account], true, nowMs)).get(key);
  if (state === undefined) throw new TillsyncError("account.unknown", key);
  const known = await tx.query<{ amount: string }>(sql`
    SELECT amount::text AS amount FROM account_credit WHERE account_key = ${key} AND reference = ${credit.reference}`);
  if (known[0] !== undefined) {
    if (known[0].amount !== credit.amount || state.unit !== credit.unit)
      throw new TillsyncError("account.reference-used", credit.reference);
    return { kind: "repeated", heads: [] };
  }
  if (state.unit !== "" && state.unit !== credit.unit) throw new TillsyncError("quota.unit-wrong", `kept in ${state.unit}`);
  const before = copyState(state);
  const amount = BigInt(credit.amount);
  state.unit = credit.unit;
  state.credits += amount;
  state.homeStore = credit.store ?? state.homeStore;
  await tx.query(sql`
    INSERT INTO account_credit (account_key, reference, amount, at_ms) VALUES (${key}, ${credit.reference}, ${credit.amount}::numeric, ${nowMs}::bigint)`);
  await tx.query(sql`
    INSERT INTO account_audit (at_ms, action, who, reason, account_key, amount)
    VALUES (${nowMs}::bigint, 'credit', ${credit.who}, ${credit.reason ?? credit.reference}, ${key}, ${credit.amount}::numeric)`);
  await preLease(tx, [{ state, amount }]);
  await writeAccounts(tx, [state], nowMs);
  return { kind: "credited", heads: await writeAccountDocuments(tx, [{ before, after: state }], nowMs) };
}
