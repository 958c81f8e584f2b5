import { accountKey, TillsyncError, unusedOf, type Account, type Amount } from "@tillsync/sync-protocol";
import type { Database } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { leaseKey, putLease } from "./account-state.ts";
import { lockAccounts } from "./lock-accounts.ts";
import { writeAccounts } from "./write-accounts.ts";

export interface Release {
  readonly account: Account;
  readonly terminal: string;
  readonly epoch: number;
  readonly who: string;
  readonly reason: string;
}

/**
 * Declares free what a lost terminal holds and has not used, as far as the cloud has heard; nothing does so by itself. If it
 * is used after all - the disk was not lost - that is the store's risk, and shown as overdrawn. Gives what was released;
 * a lease that holds nothing is left as it is. Throws `account.unknown`.
 */
export async function releaseLease(db: Database, release: Release, nowMs: number): Promise<Amount> {
  return db.transaction(async (tx) => {
    const key = accountKey(release.account);
    const state = (await lockAccounts(tx, [release.account], false, nowMs)).get(key);
    const lease = state?.leases.get(leaseKey(release.terminal, release.epoch));
    if (state === undefined || lease === undefined)
      throw new TillsyncError("account.unknown", `${key} ${release.terminal}:${release.epoch}`);
    const unused = unusedOf(lease);
    if (unused === 0n) return "0" as Amount;
    putLease(state, { ...lease, released: lease.released + unused });
    await tx.query(sql`
      INSERT INTO account_audit (at_ms, action, who, reason, account_key, terminal_id, epoch, amount)
      VALUES (${nowMs}::bigint, 'release', ${release.who}, ${release.reason}, ${key}, ${release.terminal}, ${release.epoch},
        ${String(unused)}::numeric)`);
    await writeAccounts(tx, [state], nowMs);
    return String(unused) as Amount;
  });
}
