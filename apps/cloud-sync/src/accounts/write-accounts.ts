import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import type { AccountState, LeaseState } from "./account-state.ts";
import type { FoldedEntry } from "./fold-entries.ts";

/** Writes what became of locked accounts: absolute figures, since the rows are ours until the commit. */
export async function writeAccounts(tx: Queryable, states: Iterable<AccountState>, nowMs: number): Promise<void> {
  const all = [...states];
  if (all.length === 0) return;
  const accounts = all.map(({ key, unit, credits, risk, homeStore }) => ({
    account_key: key,
    unit,
    credits: String(credits),
    risk: String(risk),
    home_store: homeStore ?? null,
  }));
  await tx.query(sql`
    UPDATE account a SET unit = r.unit, credits = r.credits, risk = r.risk, home_store = r.home_store, changed_at_ms = ${nowMs}::bigint
    FROM json_to_recordset(${JSON.stringify(accounts)}::json)
      AS r (account_key text, unit text, credits numeric, risk numeric, home_store text)
    WHERE a.account_key = r.account_key`);
  await writeLeases(
    tx,
    all.flatMap(({ key, leases }) => [...leases.values()].map((lease) => ({ key, lease }))),
  );
}

async function writeLeases(tx: Queryable, rows: readonly { readonly key: string; readonly lease: LeaseState }[]): Promise<void> {
  if (rows.length === 0) return;
  const records = rows.map(({ key, lease }) => ({
    account_key: key,
    terminal_id: lease.terminal,
    epoch: lease.epoch,
    granted: String(lease.granted),
    used: String(lease.used),
    returned: String(lease.returned),
    released: String(lease.released),
    recalled: lease.recalled,
  }));
  await tx.query(sql`
    INSERT INTO account_lease AS l (account_key, terminal_id, epoch, granted, used, returned, released, recalled)
    SELECT account_key, terminal_id, epoch, granted, used, returned, released, recalled
    FROM json_to_recordset(${JSON.stringify(records)}::json)
      AS r (account_key text, terminal_id text, epoch int, granted numeric, used numeric, returned numeric, released numeric, recalled boolean)
    ON CONFLICT (account_key, terminal_id, epoch) DO UPDATE SET granted = excluded.granted, used = excluded.used,
      returned = excluded.returned, released = excluded.released, recalled = excluded.recalled
    WHERE (l.granted, l.used, l.returned, l.released, l.recalled)
      IS DISTINCT FROM (excluded.granted, excluded.used, excluded.returned, excluded.released, excluded.recalled)`);
}

/** Records the entries of a page with what became of them. */
export async function writeEntries(tx: Queryable, entries: readonly FoldedEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const records = entries.map(({ value, ...entry }) => ({
    shard: entry.shard,
    tpos: entry.tpos,
    account_key: `${value.account.kind}:${value.account.id}`,
    kind: value.kind,
    amount: value.amount,
    at_risk: value.atRisk ?? null,
    redemption_id: value.redemptionId,
    of_id: value.of ?? null,
    policy: value.policy ?? null,
    terminal_id: entry.terminal,
    epoch: value.epoch,
    outcome: entry.outcome,
    received_at_ms: entry.receivedAtMs,
  }));
  await tx.query(sql`
    INSERT INTO account_entry (shard, tpos, account_key, kind, amount, at_risk, redemption_id, of_id, policy, terminal_id, epoch, outcome,
      received_at_ms)
    SELECT shard, tpos, account_key, kind, amount, at_risk, redemption_id, of_id, policy, terminal_id, epoch, outcome, received_at_ms
    FROM json_to_recordset(${JSON.stringify(records)}::json)
      AS r (shard text, tpos bigint, account_key text, kind text, amount numeric, at_risk numeric, redemption_id text, of_id text, policy text,
        terminal_id text, epoch int, outcome text, received_at_ms bigint)`);
}
