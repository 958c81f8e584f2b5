import type { Lease } from "./lease.ts";

/** A lease as the cloud knows it. */
export interface AccountLease extends Lease {
  /** Of rights whose terminal is lost, what a person has declared free, ever. If it is used after all, it is used at risk. */
  readonly released: bigint;
}

/** All that the cloud knows of one account. Every figure only grows. */
export interface AccountCounts {
  /** Opening balance, top-ups and refunds. */
  readonly credits: bigint;
  /** Used without any right: the store's own risk, as its terminals recorded it. */
  readonly risk: bigint;
  readonly leases: readonly AccountLease[];
}

/** What of the account is out of the cloud's hands by a lease: what may still be used there, and what was. */
export const heldBy = ({ granted, used, returned, released }: AccountLease): bigint => {
  const rights = granted - returned - released;
  return rights > used ? rights : used;
};

/** What can still be promised by nobody but the cloud. Below zero by what was used at risk, and by nothing else. */
export const freeOf = ({ credits, risk, leases }: AccountCounts): bigint =>
  leases.reduce((free, lease) => free - heldBy(lease), credits - risk);

/** What the account has, as far as the cloud has heard. */
export const balanceOf = ({ credits, risk, leases }: AccountCounts): bigint =>
  leases.reduce((balance, { used }) => balance - used, credits - risk);

/** What a terminal holds and has not used: what is asked back when another needs it. */
export const unusedOf = (lease: AccountLease): bigint => heldBy(lease) - lease.used;

/**
 * What a lease used beyond its rights: after a person released them, or two copies of one disk used the same ones before
 * either was noticed. It is real, so the balance has it; this says whose it is.
 */
export const overdrawnBy = ({ granted, used, returned, released }: AccountLease): bigint => {
  const rights = granted - returned - released;
  return used > rights ? used - rights : 0n;
};

export type GrantDecision =
  /** `granted` is the lease's new count, which may be the one that it had. */
  | { readonly kind: "granted"; readonly granted: bigint }
  /** Not covered: nothing changes. */
  | { readonly kind: "short"; readonly free: bigint };

/** Whether the count of grants of one lease may grow to `wanted`. Grants never exceed what is free. */
export function decideGrant(counts: AccountCounts, lease: AccountLease, wanted: bigint): GrantDecision {
  if (wanted <= lease.granted) return { kind: "granted", granted: lease.granted };
  const free = freeOf(counts);
  // Rights that a person released, and that were used since, come back to life last.
  const more = heldBy({ ...lease, granted: wanted }) - heldBy(lease);
  return more <= free ? { kind: "granted", granted: wanted } : { kind: "short", free };
}

/** What counts as taken back of a redemption: never more than was redeemed, whichever of the two is heard of first. */
export const refundedOf = (redeemed: bigint, refunds: bigint): bigint => (refunds < redeemed ? refunds : redeemed);
