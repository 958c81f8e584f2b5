/**
 * The bounded counter of Balegas et al. (2015): what may not be overspent is cut into rights, and only who holds a right
 * may use it. The cloud holds all of them at first. A lease is what it has handed to one life (epoch) of one terminal, as
 * three counts that only grow: so merging is taking the larger, in any order and as often as one likes.
 */
export interface Lease {
  /** Handed over, ever. Counted by the cloud. */
  readonly granted: bigint;
  /** Used up, ever. Counted by the terminal's journal. */
  readonly used: bigint;
  /** Given back unused, ever. Counted by the terminal's journal. */
  readonly returned: bigint;
}

export const NO_LEASE: Lease = { granted: 0n, used: 0n, returned: 0n };

const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** What is known once both are known. Commutative, associative, idempotent. */
export const mergeLeases = (a: Lease, b: Lease): Lease => ({
  granted: larger(a.granted, b.granted),
  used: larger(a.used, b.used),
  returned: larger(a.returned, b.returned),
});

/** What the terminal may still promise: never below zero, also when it has heard of less than it was granted. */
export const availableOf = ({ granted, used, returned }: Lease, reserved: bigint): bigint =>
  larger(0n, granted - used - returned - reserved);

/** What the terminal must have been granted, ever, to promise `amount` more. An absolute figure: asking for it twice asks for it once. */
export const neededGrant = ({ used, returned }: Lease, reserved: bigint, amount: bigint): bigint => used + returned + reserved + amount;

/** Whether `amount` can be promised from what there is. Reservations count: they are promised already. */
export const coversAmount = (lease: Lease, reserved: bigint, amount: bigint): boolean => availableOf(lease, reserved) >= amount;
