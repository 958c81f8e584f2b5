import { deliver } from "./deliver.ts";
import { append, journalOf, type Disk, type Weakness, type World } from "./world.ts";

const TERMINALS = 3;
const OPENING = 20n;

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
