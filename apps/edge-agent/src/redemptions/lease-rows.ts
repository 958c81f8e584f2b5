import { NO_LEASE, type Lease } from "@tillsync/sync-protocol";
import type { AgentStore } from "../store/agent-store.ts";
import { sql } from "../store/sql.ts";
import { isHeard } from "./is-heard.ts";

export interface LeaseRow extends Lease {
  readonly account: string;
  readonly epoch: number;
  readonly unit: string;
  readonly recalled: boolean;
  readonly version: number;
}

interface Row {
  account: string;
  epoch: number;
  unit: string;
  granted: number;
  used: number;
  returned: number;
  recalled: number;
  version: number;
}

const fromRow = (row: Row): LeaseRow => ({
  ...row,
  granted: BigInt(row.granted),
  used: BigInt(row.used),
  returned: BigInt(row.returned),
  recalled: row.recalled === 1,
});

/** The counts of one life of this terminal; undefined: it was never granted anything of the account and used nothing. */
export function readLease(store: AgentStore, account: string, epoch: number): LeaseRow | undefined {
  const row = store
    .prepare<[string, number], Row>(
      sql`SELECT account, epoch, unit, granted, used, returned, recalled, version FROM quota_lease WHERE account = ? AND epoch = ?`,
    )
    .get(account, epoch);
  return row && fromRow(row);
}

/**
 * What may be used now: the counts of the present life, without grants until the cloud is known to hold this journal
 * (`isHeard`).
 */
export function presentLease(store: AgentStore, account: string): LeaseRow | undefined {
  const lease = readLease(store, account, store.end.epoch);
  return lease === undefined || isHeard(store) ? lease : { ...lease, granted: 0n };
}

/** Leases of this life that the cloud wants back. */
export const recalledLeases = (store: AgentStore): LeaseRow[] =>
  store
    .prepare<[number], Row>(
      sql`SELECT account, epoch, unit, granted, used, returned, recalled, version FROM quota_lease WHERE recalled = 1 AND epoch = ?`,
    )
    .all(store.end.epoch)
    .map(fromRow);

/** Rights that open reservations of this life hold. What is at risk holds none. */
export const reservedOf = (store: AgentStore, account: string, epoch: number): bigint =>
  BigInt(
    store
      .prepare<[string, number], { n: number }>(
        sql`SELECT coalesce(sum(amount - at_risk), 0) AS n FROM redemption WHERE account = ? AND epoch = ? AND state = 'reserved'`,
      )
      .get(account, epoch)?.n ?? 0,
  );

/** Adds to the counts of a lease, in the open transaction. They only grow. */
export function addToLease(store: AgentStore, of: { account: string; epoch: number; unit: string }, more: Partial<Lease>): void {
  const { used, returned } = { ...NO_LEASE, ...more };
  store
    .prepare(
      sql`INSERT INTO quota_lease (account, epoch, unit, used, returned) VALUES (?, ?, ?, ?, ?)
          ON CONFLICT DO UPDATE SET used = used + excluded.used, returned = returned + excluded.returned`,
    )
    .run(of.account, of.epoch, of.unit, Number(used), Number(returned));
}

/** Takes over what the cloud has granted: the larger count. A word of an older version recalls nothing and gives nothing back. */
export function mergeGrant(
  store: AgentStore,
  of: { account: string; epoch: number; unit: string; granted: bigint },
  told: { readonly version: number; readonly recalled: boolean } | undefined,
): void {
  store
    .prepare(
      sql`INSERT INTO quota_lease (account, epoch, unit, granted, version, recalled) VALUES (?, ?, ?, ?, ?, ?)
          ON CONFLICT DO UPDATE SET granted = max(granted, excluded.granted), unit = excluded.unit,
            recalled = CASE WHEN excluded.version > version THEN excluded.recalled ELSE recalled END,
            version = max(version, excluded.version)`,
    )
    .run(of.account, of.epoch, of.unit, Number(of.granted), told?.version ?? 0, told?.recalled === true ? 1 : 0);
}
