import type { Database } from "../../../apps/cloud-sync/src/db/database.ts";
import { pendingEntries, type TerminalId } from "@tillsync/sync-protocol";
import { sql } from "../../../apps/cloud-sync/src/db/sql.ts";
import { lastVerdict } from "../../../apps/edge-agent/src/journal/acknowledge.ts";
import { positionOf } from "./capture.ts";
import { chanceOf, type Chance } from "./chance.ts";
import { Cloud } from "./cloud.ts";
import { makeDisk, removeDisk } from "./disk.ts";
import { chooseFaults, type Fault } from "./faults.ts";
import { Pos } from "./pos.ts";
import { Scheduler } from "./scheduler.ts";
import { makeSeededKeys } from "./seeded-keys.ts";
import { Terminal } from "./terminal.ts";
import { Trace } from "./trace.ts";
import type { Weakness } from "./weaken.ts";

/** The true time at which every world begins. */
const ORIGIN_MS = Date.UTC(2026, 2, 2);
const YEAR_MS = 365 * 24 * 3_600_000;

export interface WorldOptions {
  readonly seed: number;
  /** Instead of the seed's own choice. */
  readonly faults?: readonly Fault[];
  readonly weakness?: Weakness | undefined;
  /** Days of business; two unless told. */
  readonly days?: number;
  readonly echo?: (line: string) => void;
}

/** One seed, one world: terminals, lines, a cloud, time, and everything that goes wrong in them. */
export class World {
  readonly seed: number;
  readonly chance: Chance;
  readonly faults: ReadonlySet<Fault>;
  readonly weakness: Weakness | undefined;
  readonly scheduler = new Scheduler();
  readonly trace: Trace;
  readonly terminals: Terminal[] = [];
  readonly restores = { cloud: 0 };
  /** What a checker found wrong on the way. */
  readonly violations: string[] = [];
  readonly folders: string[] = [];
  cloud!: Cloud;
  /** The faults are over: everything has to come right by itself. */
  calm = false;
  /** At night the machines are off. */
  shopsOpen = false;
  /** The POS store that was not allowed is now. */
  storeAllowed = false;

  private constructor(options: WorldOptions) {
    this.seed = options.seed;
    this.chance = chanceOf(options.seed);
    const chosen = chooseFaults(this.chance.split("faults").draw);
    this.faults = options.faults === undefined ? chosen : new Set(options.faults);
    this.weakness = options.weakness;
    this.trace = new Trace(options.echo);
  }

  static async create(options: WorldOptions, db: Database): Promise<World> {
    const world = new World(options);
    world.cloud = await Cloud.open(world, db);
    const count = world.chance.between(2, 3);
    for (let i = 1; i <= count; i += 1) {
      const dir = world.ownFolder(makeDisk());
      const keys = makeSeededKeys(dir, world.chance.split(`keys ${i}`));
      const id = `till-${i}` as TerminalId;
      await world.cloud.enrol(id, keys);
      world.addTerminal({ name: id, id, dir, keys, pos: new Pos(String(i)) });
    }
    return world;
  }

  addTerminal(made: ConstructorParameters<typeof Terminal>[1]): Terminal {
    const terminal = new Terminal(this, made);
    if (this.isOn("clock-wrong")) {
      terminal.wallErrorMs = terminal.chance.between(-YEAR_MS, YEAR_MS);
      this.trace.fault(this.nowMs(), made.name, "clock-wrong", String(terminal.wallErrorMs));
    }
    this.terminals.push(terminal);
    return terminal;
  }

  /** A folder that is removed with the world. */
  ownFolder(dir: string): string {
    this.folders.push(dir);
    return dir;
  }

  readonly nowMs = (): number => this.scheduler.nowMs;
  readonly trueMs = (): number => ORIGIN_MS + this.scheduler.nowMs;
  readonly isOn = (fault: Fault): boolean => !this.calm && this.faults.has(fault);
  readonly violate = (what: string): void => void this.violations.push(what);

  /** Signs one after the other: threads would finish in an order of their own. */
  inTurn<T>(work: () => Promise<T>): () => Promise<T> {
    let last: Promise<unknown> = Promise.resolve();
    return () => {
      const turn = last.then(work);
      last = turn.catch(() => undefined);
      return this.scheduler.awaitReal(turn);
    };
  }

  /** Lets everything happen up to a moment. */
  async runUntil(untilMs: number): Promise<void> {
    while (await this.scheduler.runNext(untilMs)) for (const terminal of this.terminals) terminal.watchCrash();
  }

  /** Whether nothing is left to do anywhere, by the parts' own word. */
  async isDrained(): Promise<boolean> {
    const { db } = this.cloud;
    const rows = await db.query<{ end: number; pos: number }>(sql`
      SELECT next_pos - 1 AS end, coalesce((SELECT pos FROM subscriber_cursor WHERE subscriber = 'transactions'), 0) AS pos FROM shard`);
    if (rows[0]?.end !== rows[0]?.pos) return false;
    const verdicts = await db.query<{ id: string; n: number }>(sql`SELECT terminal_id AS id, next_verdict - 1 AS n FROM terminal`);
    const heard = new Map(verdicts.map(({ id, n }) => [id, n]));
    return this.terminals.every((terminal) => {
      const { store, pos } = terminal;
      const state = terminal.state();
      if (store === undefined || state?.name !== "idle" || pendingEntries(state) > 0) return false;
      if (state.journals.some((journal) => journal.blocked !== undefined)) return false;
      if (this.weakness !== "verdicts-lost" && lastVerdict(store) < (heard.get(terminal.id) ?? 0)) return false;
      return positionOf(store, pos) === pos.records.length;
    });
  }

  async close(): Promise<void> {
    for (const terminal of this.terminals) terminal.powerOff();
    await this.cloud.stop();
    for (const dir of this.folders) removeDisk(dir);
  }
}
