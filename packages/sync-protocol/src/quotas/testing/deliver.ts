import { decideGrant } from "../account-counts.ts";
import { availableOf, mergeLeases, NO_LEASE } from "../lease.ts";
import {
  append,
  countsOfCloud,
  journalOf,
  lease,
  leaseAt,
  reservedOf,
  send,
  type Disk,
  type Entry,
  type Message,
  type World,
} from "./world.ts";

/** What a message does where it arrives: with the real functions of both ends. */
export function deliver(world: World, message: Message): void {
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
  const decision = decideGrant(countsOfCloud(world), now, wanted);
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
