import type { AccountCounts, AccountLease } from "../account-counts.ts";
import { NO_LEASE, type Lease } from "../lease.ts";

/*
 * One account, one cloud, the tills of a store, and everything that happens to them: messages that are lost, come twice or
 * in another order, disks that are restored or cloned, clocks that jump, processes that die. The counters are the real
 * functions; who keeps what in which transaction is as in the agent and the cloud.
 */

/** What is broken on purpose, so that the checks can be seen to notice. */
export type Weakness = "none" | "epoch" | "unheard" | "added" | "unreserved" | "clock" | "forgotten";

export interface Disk {
  readonly terminal: number;
  epoch: number;
  /** By epoch. */
  leases: Map<number, Lease>;
  /** Open reservations with the epoch of their rights. */
  reserved: { readonly epoch: number; readonly amount: bigint }[];
  /** By epoch, oldest first. An entry's `id` is its content: a copy has those that the original wrote before. */
  journals: Map<number, Entry[]>;
  /** Whether the cloud has this disk's first entry of the present epoch. */
  isHeard: boolean;
  clock: number;
}

export interface Entry {
  readonly id: number;
  readonly epoch: number;
  readonly kind: "start" | "used" | "returned";
  readonly amount: bigint;
}

export type Message =
  | { readonly kind: "grant"; readonly terminal: number; readonly epoch: number; readonly granted: bigint; readonly more: bigint }
  | { readonly kind: "ask"; readonly terminal: number; readonly epoch: number; readonly wanted: bigint }
  | { readonly kind: "recall"; readonly terminal: number; readonly epoch: number }
  | { readonly kind: "push"; readonly disk: Disk; readonly entries: readonly Entry[] }
  | { readonly kind: "heard"; readonly disk: Disk; readonly epoch: number };

interface CloudLease extends AccountLease {
  readonly terminal: number;
  readonly epoch: number;
  readonly grantedAt: number;
}

export interface World {
  readonly weakness: Weakness;
  credits: bigint;
  /** What customers were really given, told or not. */
  spent: bigint;
  readonly released: { total: bigint };
  readonly disks: Disk[];
  readonly leases: Map<string, CloudLease>;
  /** Whose first entry the cloud has, by `terminal:epoch`: the journal is that disk's. */
  readonly owners: Map<string, number>;
  readonly counted: Set<number>;
  /** Used on any disk, ever: also on one that is gone, whose last entries nobody will hear of. */
  readonly used: Map<number, bigint>;
  /** Disks as they once were, to be restored. */
  readonly backups: Disk[];
  network: Message[];
  cloudClock: number;
  nextId: number;
  /** What happened, so that a run can be seen to have met what it is about. */
  readonly met: Record<"restored" | "twice" | "lost" | "short" | "stale", number>;
}

const MESSAGES_MAX = 12;

export const countsOfCloud = (world: World): AccountCounts => ({ credits: world.credits, risk: 0n, leases: [...world.leases.values()] });

export const leaseAt = (world: World, terminal: number, epoch: number): CloudLease =>
  world.leases.get(`${terminal}:${epoch}`) ?? { ...NO_LEASE, released: 0n, terminal, epoch, grantedAt: world.cloudClock };

export const lease = (disk: Disk): Lease => disk.leases.get(disk.epoch) ?? NO_LEASE;

export const reservedOf = (world: World, disk: Disk): bigint =>
  world.weakness === "unreserved" ? 0n : disk.reserved.reduce((sum, one) => (one.epoch === disk.epoch ? sum + one.amount : sum), 0n);

export const journalOf = (disk: Disk, epoch: number): Entry[] => disk.journals.get(epoch) ?? [];

export function append(world: World, disk: Disk, kind: Entry["kind"], amount: bigint): void {
  const entry = { id: world.nextId, epoch: disk.epoch, kind, amount };
  const journal = disk.journals.get(disk.epoch);
  if (journal === undefined) disk.journals.set(disk.epoch, [entry]);
  else journal.push(entry);
  if (kind === "used") world.used.set(entry.id, amount);
  world.nextId += 1;
}

export function send(world: World, message: Message): void {
  if (world.network.length < MESSAGES_MAX) world.network.push(message);
}
