import { accountKey, accountKinds, type Account } from "@tillsync/sync-protocol";
import { z } from "zod";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { leaseKey, type AccountState } from "./account-state.ts";

const integer = z.string().regex(/^\d+$/).transform(BigInt);
const accountRow = z.object({
  account_key: z.string(),
  kind: z.enum(accountKinds),
  id: z.string(),
  unit: z.string(),
  credits: integer,
  risk: integer,
  home_store: z.string().nullable(),
});
const leaseRow = z.object({
  account_key: z.string(),
  terminal_id: z.string(),
  epoch: z.number().int(),
  granted: integer,
  used: integer,
  returned: integer,
  released: integer,
  recalled: z.boolean(),
});

/**
 * The accounts with their leases, their rows locked to the end of the transaction: whatever changes an account does so
 * under this lock, always in the order of the keys and before any lock of documents, so that no two wait for each other.
 * `make`: also those that are new, with a unit still to be given; otherwise they are left out.
 */
export async function lockAccounts(
  tx: Queryable,
  accounts: readonly Account[],
  make: boolean,
  nowMs: number,
): Promise<Map<string, AccountState>> {
  if (accounts.length === 0) return new Map();
  const byKey = new Map(accounts.map((account) => [accountKey(account), account]));
  const keys = [...byKey.keys()];
  if (make) await makeRows(tx, byKey, nowMs);
  const rows = await tx.query(sql`
    SELECT account_key, kind, id, unit, credits::text, risk::text, home_store FROM account
    WHERE account_key = ANY(${keys}::text[]) ORDER BY account_key COLLATE "C" FOR UPDATE`);
  const states = z
    .array(accountRow)
    .parse(rows)
    .map((row): AccountState => ({
      key: row.account_key,
      account: { kind: row.kind, id: row.id },
      unit: row.unit,
      credits: row.credits,
      risk: row.risk,
      homeStore: row.home_store ?? undefined,
      leases: new Map(),
      redemptions: new Map(),
    }));
  const found = new Map(states.map((state) => [state.key, state]));
  await loadLeases(tx, found);
  return found;
}

async function makeRows(tx: Queryable, accounts: ReadonlyMap<string, Account>, nowMs: number): Promise<void> {
  const rows = [...accounts].map(([account_key, { kind, id }]) => ({ account_key, kind, id }));
  await tx.query(sql`
    INSERT INTO account (account_key, kind, id, unit, changed_at_ms)
    SELECT account_key, kind, id, '', ${nowMs}::bigint
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS r (account_key text, kind text, id text)
    ORDER BY account_key COLLATE "C" ON CONFLICT DO NOTHING`);
}

async function loadLeases(tx: Queryable, states: ReadonlyMap<string, AccountState>): Promise<void> {
  const rows = await tx.query(sql`
    SELECT account_key, terminal_id, epoch, granted::text, used::text, returned::text, released::text, recalled
    FROM account_lease WHERE account_key = ANY(${[...states.keys()]}::text[]) ORDER BY account_key, terminal_id, epoch`);
  for (const row of z.array(leaseRow).parse(rows)) {
    const { account_key, terminal_id: terminal, ...lease } = row;
    states.get(account_key)?.leases.set(leaseKey(terminal, row.epoch), { terminal, ...lease });
  }
}

/** Loads what was redeemed and taken back under the redemptions named, by account. */
export async function loadRedemptions(
  tx: Queryable,
  states: ReadonlyMap<string, AccountState>,
  wanted: readonly { readonly key: string; readonly redemption: string }[],
): Promise<void> {
  if (wanted.length === 0) return;
  const rows = await tx.query(sql`
    SELECT w.key, w.redemption,
      coalesce((SELECT sum(amount) FROM account_entry e WHERE e.account_key = w.key AND e.redemption_id = w.redemption
        AND e.kind = 'redeemed' AND e.outcome = 'counted'), 0)::text AS redeemed,
      coalesce((SELECT sum(amount) FROM account_entry e WHERE e.account_key = w.key AND e.of_id = w.redemption
        AND e.outcome = 'counted'), 0)::text AS refunds
    FROM json_to_recordset(${JSON.stringify(wanted)}::json) AS w (key text, redemption text)`);
  const sums = z.array(z.object({ key: z.string(), redemption: z.string(), redeemed: integer, refunds: integer })).parse(rows);
  for (const { key, redemption, redeemed, refunds } of sums) states.get(key)?.redemptions.set(redemption, { redeemed, refunds });
}
