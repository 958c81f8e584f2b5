import { decideGrant, preLeaseShare } from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { countsOf, leaseOf, putLease, type AccountState } from "./account-state.ts";
import { readPolicies } from "./read-policies.ts";

/** Terminals of one store that are given a share beforehand: more would get next to nothing each. */
const TERMINALS_MAX = 100;

export interface Credited {
  readonly state: AccountState;
  readonly amount: bigint;
}

/**
 * Leases a share of each credit to the terminals of the account's home store, as the policy says: whoever is offline when
 * the customer comes can redeem that much. To the newest life of a terminal that the cloud has heard of; a terminal that has
 * never sent anything has none yet.
 */
export async function preLease(tx: Queryable, credited: readonly Credited[]): Promise<void> {
  const wanted = credited.filter(({ state, amount }) => amount > 0n && homeOf(state) !== undefined);
  if (wanted.length === 0) return;
  const policies = await readPolicies(tx);
  const lives = await livesOf(tx, [...new Set(wanted.map(({ state }) => homeOf(state) ?? ""))]);
  for (const { state, amount } of wanted) {
    const terminals = lives.get(homeOf(state) ?? "") ?? [];
    const share = preLeaseShare(policies[state.account.kind], amount, terminals.length);
    if (share === 0n) continue;
    for (const { terminal, epoch } of terminals) {
      const lease = leaseOf(state, terminal, epoch);
      const decision = decideGrant(countsOf(state), lease, lease.granted + share);
      if (decision.kind === "granted") putLease(state, { ...lease, granted: decision.granted, recalled: false });
    }
  }
}

/** Promised goods are in a store by their name, `store:item`. */
export const homeOf = ({ account, homeStore }: AccountState): string | undefined =>
  homeStore ?? (account.kind === "stock" ? account.id.split(":")[0] : undefined);

interface Life {
  readonly terminal: string;
  readonly epoch: number;
}

async function livesOf(tx: Queryable, stores: readonly string[]): Promise<Map<string, Life[]>> {
  const rows = await tx.query<Life & { store: string }>(sql`
    SELECT t.store_id AS store, t.terminal_id AS terminal, max(j.epoch)::int AS epoch
    FROM terminal t JOIN journal j USING (terminal_id)
    WHERE t.store_id = ANY(${stores}::text[]) AND t.state = 'active' AND j.seq >= 1
    GROUP BY t.store_id, t.terminal_id ORDER BY t.store_id, t.terminal_id`);
  return new Map([...Map.groupBy(rows, (row) => row.store)].map(([store, lives]) => [store, lives.slice(0, TERMINALS_MAX)]));
}
