import type { Database } from "../../../apps/cloud-sync/src/db/database.ts";
import { check } from "./checkers.ts";
import type { Fault } from "./faults.ts";
import { STRIKES } from "./mischief.ts";
import { ALLOWED_STORE, FOREIGN_STORE } from "./pos.ts";
import { noCrash } from "./crash-points.ts";
import type { Terminal } from "./terminal.ts";
import { World, type WorldOptions } from "./world.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const DAYS = 2;
/** Shops open at eight and sell for as long as this; at night the machines are off. */
const OPEN_MS = { low: 5 * MINUTE, high: 11 * MINUTE };
/** Between two receipts of a till at most. */
const PAUSE_MS_MAX = 40_000;
/** After the faults everything must have come right within this. */
const CALM_MAX_MS = 6 * HOUR;
/** When somebody allows what was refused. */
const FIX_AFTER_MS = 5 * MINUTE;
/** So long it must stay right: each idle session asks anew within 75 s, and may find a fork. */
const STEADY_MS = 4 * MINUTE;

export interface SeedResult {
  readonly seed: number;
  readonly faults: readonly Fault[];
  /** Faults that really struck, by name. */
  readonly struck: Readonly<Record<string, number>>;
  readonly violations: readonly string[];
  readonly events: number;
  readonly virtualMs: number;
  readonly receipts: number;
  readonly entries: number;
  /** Over everything that happened. */
  readonly digest: string;
}

/** Runs one world to its end and judges it. `db` is a migrated database that no one else uses; it may have served before. */
export async function runSeed(options: WorldOptions, db: Database): Promise<SeedResult> {
  const world = await World.create(options, db);
  try {
    const days = options.days ?? DAYS;
    for (let day = 0; day < days; day += 1) await sellADay(world, day);
    await comeRight(world, days * DAY);
    const entries = await check(world);
    return {
      seed: world.seed,
      faults: [...world.faults],
      struck: Object.fromEntries(world.trace.counts),
      violations: world.violations,
      events: world.scheduler.ran,
      virtualMs: world.scheduler.nowMs,
      receipts: world.terminals.reduce((sum, { pos }) => sum + pos.receipts.length, 0),
      entries,
      digest: world.trace.digest(),
    };
  } finally {
    await world.close();
  }
}

async function sellADay(world: World, day: number): Promise<void> {
  const { chance, scheduler } = world;
  await world.runUntil(day * DAY + 8 * HOUR);
  const openMs = chance.between(OPEN_MS.low, OPEN_MS.high);
  const closeMs = scheduler.nowMs + openMs;
  world.shopsOpen = true;
  for (const terminal of world.terminals) {
    scheduler.after(chance.between(0, MINUTE), () => terminal.powerOn());
    sellOn(world, terminal, closeMs);
  }
  for (const fault of world.faults) {
    const strike = STRIKES[fault];
    if (strike === undefined) continue;
    for (let times = chance.between(1, 2); times > 0; times -= 1)
      scheduler.after(chance.between(MINUTE, openMs), async () => {
        const struck = world.terminals[chance.between(0, world.terminals.length - 1)]!;
        const known = world.terminals.length;
        await strike(world, struck);
        for (const made of world.terminals.slice(known)) sellOn(world, made, closeMs);
      });
  }
  await world.runUntil(closeMs);
  world.shopsOpen = false;
  for (const terminal of world.terminals) terminal.powerOff();
}

function sellOn(world: World, terminal: Terminal, closeMs: number): void {
  const { chance } = terminal;
  world.scheduler.after(chance.between(200, PAUSE_MS_MAX), () => {
    if (world.nowMs() >= closeMs) return;
    const burst = chance.happens(0.03) ? chance.between(20, 160) : 1;
    for (let i = 0; i < burst; i += 1) writeNext(world, terminal);
    // The POS goes on selling while its agent is down; what it wrote is captured when the agent is back.
    if (terminal.on) terminal.guarded(() => terminal.capture());
    sellOn(world, terminal, closeMs);
  });
}

function writeNext(world: World, { pos, chance }: Terminal): void {
  const struck = (fault: Fault, share: number): boolean => {
    const hit = world.isOn(fault) && chance.happens(share);
    if (hit) world.trace.fault(world.nowMs(), `pos ${pos.workstation}`, fault);
    return hit;
  };
  if (pos.receipts.length > 0 && struck("receipt-changed", 0.12))
    pos.changeReceipt(chance.between(0, pos.receipts.length - 1), chance.happens(0.3));
  else if (struck("unreadable-entry", 0.05)) pos.writeBad("unreadable-entry");
  else if (struck("unknown-type", 0.05)) pos.writeBad("unknown-type");
  else pos.sell(struck("not-allowed", 0.1) ? FOREIGN_STORE : ALLOWED_STORE);
}

/** No more faults. Clocks stay as wrong as they are: nothing may wait for them to be set. */
async function comeRight(world: World, fromMs: number): Promise<void> {
  const { scheduler } = world;
  await world.runUntil(fromMs);
  scheduler.after(0, () => calmDown(world));
  const endMs = scheduler.nowMs + CALM_MAX_MS;
  await world.runUntil(scheduler.nowMs + FIX_AFTER_MS);
  for (let steadyMs = 0; steadyMs < STEADY_MS;) {
    await world.runUntil(scheduler.nowMs + MINUTE / 2);
    steadyMs = (await world.isDrained()) ? steadyMs + MINUTE / 2 : 0;
    if (scheduler.nowMs > endMs) return world.violate(`not drained: ${describe(world)}`);
  }
}

function calmDown(world: World): void {
  const { cloud } = world;
  world.calm = true;
  world.shopsOpen = true;
  world.trace.note(world.nowMs(), "world", "calm");
  Object.assign(cloud.plan, noCrash());
  cloud.databaseAway = false;
  if (!cloud.up) cloud.start();
  // Not at once: a cloud that was restored gives a verdict's number a second time until it has heard from the terminal.
  if (world.chance.split("fix").happens(0.5))
    world.scheduler.after(FIX_AFTER_MS, async () => {
      world.storeAllowed = true;
      await cloud.allowForeignStore();
    });
  for (const terminal of world.terminals) {
    terminal.line.trouble = "none";
    terminal.powerOn();
  }
}

const describe = (world: World): string =>
  world.terminals
    .map((terminal) => {
      const state = terminal.state();
      const journals = state?.journals.map(({ epoch, acked, local, blocked }) => `#${epoch} ${acked.seq}/${local.seq} ${blocked ?? ""}`);
      return `${terminal.name} ${state?.name ?? "off"} ${state?.code ?? ""} [${journals?.join(", ") ?? ""}]`;
    })
    .join("; ");
