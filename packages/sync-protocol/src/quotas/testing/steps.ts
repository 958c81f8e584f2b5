import { at } from "../../testing/at.ts";
import { unusedOf } from "../account-counts.ts";
import { coversAmount, neededGrant } from "../lease.ts";
import { deliver } from "./deliver.ts";
import { append, journalOf, lease, reservedOf, send, type Disk, type World } from "./world.ts";

/** For the broken clock alone. */
const LEASE_LIFE = 100;

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

/** The broken clock: the cloud takes a lease for ended, and its till believes its own clock. */
function takeBackByClock(world: World): void {
  for (const [key, one] of world.leases)
    if (world.cloudClock - one.grantedAt > LEASE_LIFE) world.leases.set(key, { ...one, returned: one.returned + unusedOf(one) });
}
