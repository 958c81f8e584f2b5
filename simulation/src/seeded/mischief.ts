import { copyDisk, putBack, setFingerprint } from "./disk.ts";
import type { Fault } from "./faults.ts";
import { Pos } from "./pos.ts";
import type { Terminal } from "./terminal.ts";
import type { World } from "./world.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const YEAR = 365 * 24 * HOUR;

/** Clones of one world: each is a machine more for good. */
const CLONES_MAX = 2;

type Strike = (world: World, terminal: Terminal) => void | Promise<void>;

/** Faults that strike at a moment, and what they do. The others are shares of requests or of receipts. */
export const STRIKES: Partial<Record<Fault, Strike>> = {
  outage: (world, terminal) => trouble(world, terminal, "outage", terminal.chance.between(10 * SECOND, 3 * HOUR)),
  "captive-portal": (world, terminal) => trouble(world, terminal, "portal", terminal.chance.between(5 * SECOND, 20 * MINUTE)),
  crash: (world, terminal) => {
    if (!terminal.on) return;
    note(world, terminal, "crash");
    terminal.restartAfter(terminal.chance.between(500, 10 * MINUTE));
  },
  "crash-at-commit": (_world, terminal) => {
    terminal.plan.side = terminal.chance.happens(0.5) ? "before" : "after";
    terminal.plan.commitsLeft = terminal.chance.between(1, 20);
  },
  "clock-jump": (world, terminal) => {
    const range = [10 * SECOND, HOUR, YEAR][terminal.chance.between(0, 2)] ?? 0;
    terminal.wallErrorMs = Math.max(-YEAR, Math.min(YEAR, terminal.wallErrorMs + terminal.chance.between(-range, range)));
    note(world, terminal, "clock-jump", String(terminal.wallErrorMs));
  },
  "disk-copy-restored": (world, terminal) => keepAndRestore(world, terminal, "disk-copy-restored"),
  "disk-image-restored": (world, terminal) => keepAndRestore(world, terminal, "disk-image-restored"),
  "clone-copied": (world, terminal) => clone(world, terminal, "clone-copied"),
  "clone-imaged": (world, terminal) => clone(world, terminal, "clone-imaged"),
  "cloud-crash": async (world, terminal) => {
    if (world.cloud.up) await world.cloud.crash("cloud-crash", terminal.chance.between(SECOND, 10 * MINUTE));
  },
  "cloud-crash-at-commit": (world, terminal) => {
    world.cloud.plan.side = terminal.chance.happens(0.5) ? "before" : "after";
    world.cloud.plan.commitsLeft = terminal.chance.between(1, 12);
  },
  "database-away": (world, terminal) => {
    note(world, terminal, "database-away");
    world.cloud.databaseAway = true;
    world.scheduler.after(terminal.chance.between(SECOND, 2 * MINUTE), () => {
      world.cloud.databaseAway = false;
      world.cloud.readSoon();
    });
  },
  "cloud-restored": async (world, terminal) => {
    await world.cloud.takeBackUp();
    world.scheduler.after(terminal.chance.between(MINUTE, 10 * MINUTE), async () => {
      if (!world.calm && world.cloud.up) await world.cloud.restoreBackUp();
    });
  },
};

const note = (world: World, terminal: Terminal, fault: Fault, detail?: string): void =>
  world.trace.fault(world.nowMs(), terminal.name, fault, detail);

function trouble(world: World, { line, name }: Terminal, kind: "outage" | "portal", forMs: number): void {
  if (kind === "outage") world.trace.fault(world.nowMs(), name, "outage", String(forMs));
  line.trouble = kind;
  world.scheduler.after(forMs, () => void (line.trouble = "none"));
}

/** Keeps a copy of the disk now and puts it back later: what was written in between is gone from it. */
function keepAndRestore(world: World, terminal: Terminal, fault: "disk-copy-restored" | "disk-image-restored"): void {
  const copy = world.ownFolder(copyAtRest(terminal));
  world.scheduler.after(terminal.chance.between(MINUTE, 10 * MINUTE), () => {
    if (world.calm) return;
    const wasOn = terminal.on;
    terminal.powerOff();
    putBack(copy, terminal.dir);
    setFingerprint(terminal.dir, fault === "disk-copy-restored" ? "copied" : "image");
    note(world, terminal, fault);
    if (wasOn) terminal.powerOn();
  });
}

/** Another machine with this one's disk, keys and all, beside a POS of its own. */
function clone(world: World, terminal: Terminal, fault: "clone-copied" | "clone-imaged"): void {
  if (world.terminals.filter(({ name }) => name.includes("clone")).length >= CLONES_MAX) return;
  const dir = world.ownFolder(copyAtRest(terminal));
  setFingerprint(dir, fault === "clone-copied" ? "copied" : "image");
  const number = world.terminals.length + 1;
  const { id, keys } = terminal;
  const made = world.addTerminal({ name: `${id}-clone-${number}`, id, dir, keys, pos: new Pos(`${number}`) });
  note(world, made, fault);
  if (terminal.on) made.powerOn();
}

function copyAtRest(terminal: Terminal): string {
  const wasOn = terminal.on;
  terminal.powerOff();
  const copy = copyDisk(terminal.dir);
  if (wasOn) terminal.powerOn();
  return copy;
}
