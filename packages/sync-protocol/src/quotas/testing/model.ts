import { at } from "../../testing/at.ts";
import { decideGrant, unusedOf, type AccountCounts, type AccountLease } from "../account-counts.ts";
import { availableOf, coversAmount, mergeLeases, neededGrant, NO_LEASE, type Lease } from "../lease.ts";

/*
 * One account, one cloud, the tills of a store, and everything that happens to them: messages that are lost, come twice or
 * in another order, disks that are restored or cloned, clocks that jump, processes that die. The counters are the real
 * functions; who keeps what in which transaction is as in the agent and the cloud.
 */

/** What is broken on purpose, so that the checks can be seen to notice. */
export type Weakness = "none" | "epoch" | "unheard" | "added" | "unreserved" | "clock" | "forgotten";

interface Disk {
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

interface Entry {
  readonly id: number;
  readonly epoch: number;
  readonly kind: "start" | "used" | "returned";
  readonly amount: bigint;
}

type Message =
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

const TERMINALS = 3;
const MESSAGES_MAX = 12;
const OPENING = 20n;
/** For the broken clock alone. */
const LEASE_LIFE = 100;

export function newWorld(weakness: Weakness): World {
  const world: World = {
    weakness,
    credits: OPENING,
    spent: 0n,
    released: { total: 0n },
    disks: [],
    leases: new Map(),
    owners: new Map(),
    counted: new Set(),
    used: new Map(),
    backups: [],
    network: [],
    cloudClock: 0,
    nextId: 1,
    met: { restored: 0, twice: 0, lost: 0, short: 0, stale: 0 },
  };
  for (let terminal = 0; terminal < TERMINALS; terminal += 1) startDisk(world, terminal);
  world.network = [];
  return world;
}

function startDisk(world: World, terminal: number): void {
  const disk: Disk = { terminal, epoch: 1, leases: new Map(), reserved: [], journals: new Map(), isHeard: false, clock: 0 };
  append(world, disk, "start", 0n);
  world.disks.push(disk);
  // A till that was set up: the cloud has heard of it.
  deliver(world, { kind: "push", disk, entries: [...journalOf(disk, 1)] });
  deliver(world, { kind: "heard", disk, epoch: 1 });
}

const cloudCounts = (world: World): AccountCounts => ({ credits: world.credits, risk: 0n, leases: [...world.leases.values()] });
export const countsOfCloud = cloudCounts;

const leaseAt = (world: World, terminal: number, epoch: number): CloudLease =>
  world.leases.get(`${terminal}:${epoch}`) ?? { ...NO_LEASE, released: 0n, terminal, epoch, grantedAt: world.cloudClock };

const lease = (disk: Disk): Lease => disk.leases.get(disk.epoch) ?? NO_LEASE;

const reservedOf = (world: World, disk: Disk): bigint =>
  world.weakness === "unreserved" ? 0n : disk.reserved.reduce((sum, one) => (one.epoch === disk.epoch ? sum + one.amount : sum), 0n);

const journalOf = (disk: Disk, epoch: number): Entry[] => disk.journals.get(epoch) ?? [];

function append(world: World, disk: Disk, kind: Entry["kind"], amount: bigint): void {
  const entry = { id: world.nextId, epoch: disk.epoch, kind, amount };
  const journal = disk.journals.get(disk.epoch);
  if (journal === undefined) disk.journals.set(disk.epoch, [entry]);
  else journal.push(entry);
  if (kind === "used") world.used.set(entry.id, amount);
  world.nextId += 1;
}

function send(world: World, message: Message): void {
  if (world.network.length < MESSAGES_MAX) world.network.push(message);
}

/** One step by chance: `random` gives 32 bits. */
export function step(world: World, random: () => number): void {
  const bits = random();
  const disk = at(world.disks, (bits >>> 24) % world.disks.length);
  const amount = at(AMOUNTS, (bits >>> 20) & 7);
  STEPS[(bits & 0xffff) % STEPS.length]?.(world, disk, amount, random() & 0xff);
}
const AMOUNTS = [1n, 2n, 3n, 4n, 5n, 6n, 8n, 10n];

type Step = (world: World, disk: Disk, amount: bigint, much: number) => void;

const reserve: Step = (world, disk, amount) => {
  if (coversAmount(lease(disk), reservedOf(world, disk), amount)) disk.reserved.push({ epoch: disk.epoch, amount });
  else world.met.short += 1;
};
const commit: Step = (world, disk, _amount, much) => {
  if (disk.reserved.length === 0) return;
  const [one] = disk.reserved.splice(much % disk.reserved.length, 1);
  if (one === undefined) return;
  if (one.epoch !== disk.epoch && world.weakness !== "epoch") {
    world.met.stale += 1;
    return;
  }
  // Reservation, counter and entry in one transaction: a crash leaves all or nothing.
  const now = lease(disk);
  disk.leases.set(disk.epoch, { ...now, used: now.used + one.amount });
  append(world, disk, "used", one.amount);
  world.spent += one.amount;
};
const cancel: Step = (_world, disk, _amount, much) => {
  if (disk.reserved.length > 0) disk.reserved.splice(much % disk.reserved.length, 1);
};
const ask: Step = (world, disk, amount) => {
  const wanted = neededGrant(lease(disk), reservedOf(world, disk), amount);
  send(world, { kind: "ask", terminal: disk.terminal, epoch: disk.epoch, wanted });
};
/** Question and answer at once, on a good line. */
const askNow: Step = (world, disk, amount, much) => {
  const before = world.network.length;
  ask(world, disk, amount, much);
  const question = world.network[before];
  if (question === undefined) return;
  world.network.splice(before, 1);
  deliver(world, question);
  const answer = world.network.findIndex((message, place) => place >= before && message.kind === "grant");
  // The answer is on its way a second time as well: as a document.
  if (answer >= 0) deliver(world, at(world.network, answer));
};
/** A customer who knows what they want. */
const sell: Step = (world, disk, amount, much) => {
  reserve(world, disk, amount, much);
  commit(world, disk, amount, 255);
};
/** The line of one till is up: its whole journal. */
const pushAll: Step = (world, disk) => {
  for (const epoch of disk.journals.keys().toArray()) deliver(world, { kind: "push", disk, entries: [...journalOf(disk, epoch)] });
  const heard = world.network.findIndex((message) => message.kind === "heard" && message.disk === disk && message.epoch === disk.epoch);
  if (heard >= 0) disk.isHeard = true;
};
/** Some of one epoch, from its start: a batch of a journal. */
const push: Step = (world, disk, _amount, much) => {
  const epoch = 1 + (much % disk.epoch);
  const journal = journalOf(disk, epoch);
  if (journal.length > 0) send(world, { kind: "push", disk, entries: journal.slice(0, 1 + ((much >> 2) % journal.length)) });
};
/** The next message, or any; it may stay for a second time, or be lost. */
const arrive: Step = (world, _disk, _amount, much) => {
  if (world.network.length === 0) return;
  const place = (much >> 3) % world.network.length;
  const message = at(world.network, place);
  if ((much & 7) !== 0) world.network.splice(place, 1);
  else world.met.twice += 1;
  if ((much & 7) === 1) world.met.lost += 1;
  else deliver(world, message);
};
const recall: Step = (world, disk) => send(world, { kind: "recall", terminal: disk.terminal, epoch: disk.epoch });
const credit: Step = (world, _disk, amount) => {
  world.credits += amount;
};
const copyOf = (disk: Disk): Disk => ({
  ...disk,
  leases: new Map(disk.leases),
  reserved: [...disk.reserved],
  journals: new Map([...disk.journals].map(([epoch, journal]) => [epoch, [...journal]])),
});
const backUp: Step = (world, disk) => {
  if (world.backups.length < 3) world.backups.push(copyOf(disk));
};
/** A disk as it is or was, elsewhere beside the original or instead of it. It starts a new life; two copies of one backup the same. */
const restore: Step = (world, disk, _amount, much) => {
  const isBeside = much % 2 === 0;
  if (isBeside && world.disks.length > 6) return;
  world.met.restored += 1;
  const from = world.backups.find((backup) => backup.terminal === disk.terminal && (much & 2) === 0) ?? disk;
  const copy = { ...copyOf(from), epoch: from.epoch + 1, isHeard: world.weakness === "unheard" };
  if (world.weakness === "epoch") copy.leases.set(copy.epoch, lease(from));
  append(world, copy, "start", 0n);
  if (isBeside) world.disks.push(copy);
  else world.disks.splice(world.disks.indexOf(disk), 1, copy);
};
const jump: Step = (world, disk, _amount, much) => {
  disk.clock += (much - 128) * 4;
  world.cloudClock += much;
  if (world.weakness === "clock") takeBackByClock(world);
};
/** A person declares the rights of some lease free. */
const release: Step = (world, _disk, _amount, much) => {
  if (much % 4 !== 0 || world.leases.size === 0) return;
  const [key, one] = at([...world.leases], much % world.leases.size);
  const unused = unusedOf(one);
  world.released.total += unused;
  world.leases.set(key, { ...one, released: one.released + unused });
};

/** What happens often is here often. */
const STEPS: readonly Step[] = [
  askNow,
  askNow,
  askNow,
  askNow,
  sell,
  sell,
  sell,
  sell,
  sell,
  sell,
  reserve,
  reserve,
  commit,
  commit,
  pushAll,
  pushAll,
  ask,
  arrive,
  arrive,
  arrive,
  push,
  cancel,
  recall,
  credit,
  backUp,
  restore,
  jump,
  release,
];

function deliver(world: World, message: Message): void {
  if (message.kind === "ask") grant(world, message);
  else if (message.kind === "push") take(world, message.disk, message.entries);
  else if (message.kind === "heard") {
    if (message.disk.epoch === message.epoch) message.disk.isHeard = true;
  } else for (const disk of world.disks) if (disk.terminal === message.terminal) tell(world, disk, message);
}

/** The cloud: only the newest life that it has heard of is granted anything. */
function grant(world: World, { terminal, epoch, wanted }: Extract<Message, { kind: "ask" }>): void {
  const isNewest = world.owners.has(`${terminal}:${epoch}`) && !world.owners.has(`${terminal}:${epoch + 1}`);
  if (!isNewest && world.weakness !== "unheard") return;
  const now = leaseAt(world, terminal, epoch);
  const decision = decideGrant(cloudCounts(world), now, wanted);
  if (decision.kind === "short") {
    for (const other of world.leases.values()) send(world, { kind: "recall", terminal: other.terminal, epoch: other.epoch });
    return;
  }
  const more = decision.granted - now.granted;
  if (world.weakness !== "forgotten")
    world.leases.set(`${terminal}:${epoch}`, { ...now, granted: decision.granted, grantedAt: world.cloudClock });
  send(world, { kind: "grant", terminal, epoch, granted: decision.granted, more });
}

/** A terminal: grants are for its present life alone, once the cloud has that life's first entry from this very disk. */
function tell(world: World, disk: Disk, message: Extract<Message, { kind: "grant" | "recall" }>): void {
  if (message.epoch !== disk.epoch || !disk.isHeard) return;
  const now = lease(disk);
  if (message.kind === "grant") {
    const told = { ...NO_LEASE, granted: message.granted };
    disk.leases.set(disk.epoch, world.weakness === "added" ? { ...now, granted: now.granted + message.more } : mergeLeases(now, told));
    return;
  }
  const unused = availableOf(now, reservedOf(world, disk));
  if (unused === 0n) return;
  disk.leases.set(disk.epoch, { ...now, returned: now.returned + unused });
  append(world, disk, "returned", unused);
}

/** Ingest: the first to bring an epoch's first entry owns it; another history is a fork, and its disk moves on. */
function take(world: World, disk: Disk, entries: readonly Entry[]): void {
  const [first] = entries;
  // Carried entries bear the epoch that they are about; the first entry of a journal is its own.
  if (first === undefined) return;
  const key = `${disk.terminal}:${first.epoch}`;
  const owner = world.owners.get(key) ?? first.id;
  if (owner !== first.id) {
    if (disk.epoch === first.epoch && journalOf(disk, first.epoch)[0]?.id === first.id) moveOn(world, disk);
    return;
  }
  world.owners.set(key, owner);
  for (const entry of entries) count(world, disk.terminal, entry);
  send(world, { kind: "heard", disk, epoch: first.epoch });
}

function count(world: World, terminal: number, entry: Entry): void {
  if (world.counted.has(entry.id)) return;
  world.counted.add(entry.id);
  const now = leaseAt(world, terminal, entry.epoch);
  if (entry.kind === "used") world.leases.set(`${terminal}:${entry.epoch}`, { ...now, used: now.used + entry.amount });
  if (entry.kind === "returned") world.leases.set(`${terminal}:${entry.epoch}`, { ...now, returned: now.returned + entry.amount });
}

/** Its entries go along into the new epoch and tell of the one whose rights they used; the one that is left is sent no more. */
function moveOn(world: World, disk: Disk): void {
  const carried = journalOf(disk, disk.epoch).filter(({ kind }) => kind !== "start");
  disk.journals.delete(disk.epoch);
  disk.epoch += 1;
  disk.isHeard = world.weakness === "unheard";
  append(world, disk, "start", 0n);
  disk.journals.set(disk.epoch, [...journalOf(disk, disk.epoch), ...carried]);
}

/** The broken clock: the cloud takes a lease for ended, and its till believes its own clock. */
function takeBackByClock(world: World): void {
  for (const [key, one] of world.leases)
    if (world.cloudClock - one.grantedAt > LEASE_LIFE) world.leases.set(key, { ...one, returned: one.returned + unusedOf(one) });
}

/** Everybody is connected and everything arrives: what the cloud knows then is all there is. */
export function settle(world: World): void {
  for (let round = 0; round < 12; round += 1) {
    for (const disk of world.disks)
      for (const epoch of disk.journals.keys().toArray()) deliver(world, { kind: "push", disk, entries: journalOf(disk, epoch) });
    const waiting = world.network.filter(({ kind }) => kind !== "ask" && kind !== "recall");
    world.network = [];
    for (const message of waiting) deliver(world, message);
  }
}

/** What was used on disks that are gone with their last entries, and what of it stands on a disk and was not counted. */
export function untold(world: World): { readonly lost: bigint; readonly missed: number } {
  const standing = new Set(world.disks.flatMap((disk) => [...disk.journals.values()].flatMap((journal) => journal.map(({ id }) => id))));
  let lost = 0n;
  let missed = 0;
  for (const [id, amount] of world.used) {
    if (world.counted.has(id)) continue;
    lost += amount;
    if (standing.has(id)) missed += 1;
  }
  return { lost, missed };
}
