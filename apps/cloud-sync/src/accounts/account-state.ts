import { NO_LEASE, type Account, type AccountCounts, type AccountLease } from "@tillsync/sync-protocol";

/** A lease with whose it is. */
export interface LeaseState extends AccountLease {
  readonly terminal: string;
  readonly epoch: number;
  readonly recalled: boolean;
}

/** Redeemed and taken back under one redemption's id. */
export interface RedemptionSums {
  readonly redeemed: bigint;
  readonly refunds: bigint;
}

/** One account in the hands of a transaction that has its row locked. */
export interface AccountState {
  readonly key: string;
  readonly account: Account;
  /** Empty: the row was made just now, and the first to name a unit gives it. */
  unit: string;
  credits: bigint;
  risk: bigint;
  homeStore: string | undefined;
  /** By `terminal:epoch`. */
  readonly leases: Map<string, LeaseState>;
  /** By redemption, as far as they were asked for. */
  readonly redemptions: Map<string, RedemptionSums>;
}

export const leaseKey = (terminal: string, epoch: number): string => `${terminal}:${epoch}`;

export const leaseOf = (state: AccountState, terminal: string, epoch: number): LeaseState =>
  state.leases.get(leaseKey(terminal, epoch)) ?? { ...NO_LEASE, released: 0n, terminal, epoch, recalled: false };

export const putLease = (state: AccountState, lease: LeaseState): unknown => state.leases.set(leaseKey(lease.terminal, lease.epoch), lease);

export const countsOf = ({ credits, risk, leases }: AccountState): AccountCounts => ({ credits, risk, leases: [...leases.values()] });

/** A copy to compare with later. */
export const copyState = (state: AccountState): AccountState => ({
  ...state,
  leases: new Map(state.leases),
  redemptions: new Map(state.redemptions),
});
