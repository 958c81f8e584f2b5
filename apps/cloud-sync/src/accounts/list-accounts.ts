import { balanceOf, freeOf, overdrawnBy, unusedOf, type Account, type Amount } from "@tillsync/sync-protocol";
import type { Database, Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { countsOf, type AccountState } from "./account-state.ts";
import { lockAccounts } from "./lock-accounts.ts";

/** Rows of one page of the list. */
export const LIST_ROWS_MAX = 1_000;
/** Entries of one account that are shown, the latest. */
const ENTRIES_MAX = 500;

export interface AccountRow {
  readonly account: Account;
  readonly unit: string;
  readonly credits: Amount;
  /** As far as the cloud has heard. */
  readonly balance: Amount;
  /** What the cloud can still hand out. */
  readonly free: Amount;
  /** Leased out and not used. */
  readonly leased: Amount;
  /** Used at the stores' risk, as recorded by terminals. */
  readonly risk: Amount;
  /** Used beyond what a lease had: after a release, or by two copies of one disk. */
  readonly overdrawn: Amount;
  readonly homeStore: string | null;
}

export interface LeaseLine {
  readonly terminal: string;
  readonly epoch: number;
  readonly granted: Amount;
  readonly used: Amount;
  readonly returned: Amount;
  readonly released: Amount;
  readonly unused: Amount;
  readonly overdrawn: Amount;
  readonly recalled: boolean;
}

export interface AccountEntryLine {
  readonly kind: string;
  readonly amount: Amount;
  readonly atRisk: Amount | null;
  readonly redemptionId: string;
  readonly of: string | null;
  readonly policy: string | null;
  readonly terminal: string;
  readonly epoch: number;
  readonly outcome: string;
  /** The same terminal told of the same redemption in another life: it may be one customer's. Both count until a person has looked. */
  readonly isRepeated: boolean;
  readonly naturalKey: string;
  readonly receivedAtMs: number;
}

export interface AuditLine {
  readonly atMs: number;
  readonly action: string;
  readonly who: string;
  readonly reason: string | null;
  readonly amount: Amount;
  readonly lease: string | null;
}

export interface AccountDetail extends AccountRow {
  readonly leases: readonly LeaseLine[];
  /** Latest first. */
  readonly entries: readonly AccountEntryLine[];
  readonly audit: readonly AuditLine[];
}

const text = (value: bigint): Amount => String(value) as Amount;

/** Accounts in the order of their keys, a page at a time. */
export async function listAccounts(db: Database, wish: { kind: string | undefined; after: string; limit: number }): Promise<AccountRow[]> {
  const accounts = await db.query<Account>(sql`
    SELECT kind, id FROM account WHERE account_key COLLATE "C" > ${wish.after} AND kind = coalesce(${wish.kind ?? null}::text, kind)
    ORDER BY account_key COLLATE "C" LIMIT ${Math.min(wish.limit, LIST_ROWS_MAX)}`);
  const states = await db.transaction((tx) => lockAccounts(tx, accounts, false, 0));
  return [...states.values()].map(rowOf);
}

/** One account with its leases, its latest entries and what people did to it. */
export async function showAccount(db: Database, account: Account): Promise<AccountDetail | undefined> {
  return db.transaction(async (tx) => {
    const [state] = (await lockAccounts(tx, [account], false, 0)).values();
    if (state === undefined) return undefined;
    return { ...rowOf(state), leases: leaseLines(state), entries: await entriesOf(tx, state.key), audit: await auditOf(tx, state.key) };
  });
}

/** Entries about accounts that count nowhere, for a person. */
export const countOdd = async (db: Queryable): Promise<number> => {
  const rows = await db.query<{ n: number }>(sql`SELECT count(*)::int AS n FROM account_entry WHERE outcome <> 'counted'`);
  return rows[0]?.n ?? 0;
};

function rowOf(state: AccountState): AccountRow {
  const counts = countsOf(state);
  const sum = (of: (lease: (typeof counts.leases)[number]) => bigint): bigint =>
    counts.leases.reduce((total, lease) => total + of(lease), 0n);
  return {
    account: state.account,
    unit: state.unit,
    credits: text(state.credits),
    balance: text(balanceOf(counts)),
    free: text(freeOf(counts)),
    leased: text(sum(unusedOf)),
    risk: text(state.risk),
    overdrawn: text(sum(overdrawnBy)),
    homeStore: state.homeStore ?? null,
  };
}

const leaseLines = ({ leases }: AccountState): LeaseLine[] =>
  [...leases.values()].map((lease) => ({
    terminal: lease.terminal,
    epoch: lease.epoch,
    granted: text(lease.granted),
    used: text(lease.used),
    returned: text(lease.returned),
    released: text(lease.released),
    unused: text(unusedOf(lease)),
    overdrawn: text(overdrawnBy(lease)),
    recalled: lease.recalled,
  }));

const entriesOf = (tx: Queryable, key: string): Promise<AccountEntryLine[]> =>
  tx.query<AccountEntryLine>(sql`
    SELECT e.kind, e.amount::text AS amount, e.at_risk::text AS "atRisk", e.redemption_id AS "redemptionId", e.of_id AS "of", e.policy,
      e.terminal_id AS terminal, e.epoch, e.outcome, t.natural_key AS "naturalKey", e.received_at_ms AS "receivedAtMs",
      (e.kind = 'redeemed' AND EXISTS (SELECT 1 FROM account_entry o WHERE o.account_key = e.account_key AND o.kind = 'redeemed'
        AND o.redemption_id = e.redemption_id AND o.terminal_id = e.terminal_id AND o.epoch <> e.epoch)) AS "isRepeated"
    FROM account_entry e JOIN transaction t USING (shard, tpos)
    WHERE e.account_key = ${key} ORDER BY e.received_at_ms DESC, e.shard, e.tpos DESC LIMIT ${ENTRIES_MAX}`);

const auditOf = (tx: Queryable, key: string): Promise<AuditLine[]> =>
  tx.query<AuditLine>(sql`
    SELECT at_ms AS "atMs", action, who, reason, amount::text AS amount, terminal_id || ':' || epoch AS lease
    FROM account_audit WHERE account_key = ${key} ORDER BY id DESC LIMIT ${ENTRIES_MAX}`);
