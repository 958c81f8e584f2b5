import type { Arrivals } from "./arrivals.ts";
import type { Attempted, Before } from "./attempt.ts";
import type { Deadline } from "./deadline.ts";
import type { Database } from "../db/database.ts";
import type { Wake } from "../event-log/wake.ts";
import type { Lease } from "../subscribers/cursor.ts";
import type { LeaseDeps } from "../subscribers/hold-lease.ts";
import type { Line } from "./line.ts";
import type { LoadedItem } from "./load-items.ts";
import type { LogPages } from "./log-pages.ts";
import type { Receipt } from "./record-receipts.ts";
import type { NewException } from "./record-tick.ts";
import type { Failures, NextStep } from "./retry-rule.ts";
import type { Window } from "./window.ts";

export interface DispatchDeps extends LeaseDeps {
  readonly db: Database;
  readonly wake: Wake;
  /** Shared by all destinations of the process. */
  readonly pages: LogPages;
}

/** A row of `delivery` whose time has come. */
export interface DueItem extends Failures {
  readonly id: number;
  readonly item: LoadedItem;
}

/** An item of a replay that wants to be sent, once. */
export interface ReplayJob {
  readonly item: LoadedItem;
  readonly before: Before;
  /** Undefined: it was not tried. */
  readonly done: (attempted: Attempted | undefined, probe: boolean) => void;
}

/** What only tests switch off, to show that their checks notice. */
export interface Controls {
  readonly keyOrder: boolean;
  readonly fencing: boolean;
  readonly lookUp: boolean;
}

export const everythingOn: Controls = { keyOrder: true, fencing: true, lookUp: true };

/** What was learned and is not recorded yet. */
export interface Pending {
  receipts: Receipt[];
  exceptions: NewException[];
  resolved: { id: number; orderingKey: string | undefined }[];
  /** `orderingKey` undefined: a row of a replay, which blocks nobody. */
  updated: { id: number; orderingKey: string | undefined; step: NextStep }[];
}

export const nothingPending = (): Pending => ({ receipts: [], exceptions: [], resolved: [], updated: [] });

/** One destination and shard at work in this process. */
export interface Worker {
  readonly deps: DispatchDeps;
  readonly line: Line;
  readonly lease: Lease;
  readonly controls: Controls;
  /** Until when the lease certainly lasts, by this process's clocks. */
  leaseUntil: Deadline;
  /** Nothing is sent before: what the former holder sent may still be at work at the receiver, or the database is away. */
  sendFromMs: number;
  readonly window: Window<LoadedItem>;
  /** Recorded above the cursor by an earlier life: not sent again. */
  readonly recordedAhead: Set<number>;
  /** Up to where the transaction log was read. */
  readPos: number;
  /** The log had more than one page holds. */
  logHasMore: boolean;
  /** Exceptions whose time has come, waiting for a place. */
  due: DueItem[];
  /** Rows of `due`, under way, or done and not recorded. */
  readonly taken: Set<number>;
  /** When the next exception is due; infinite when there is none. */
  dueAtMs: number;
  /** Sends under way, a batch counted as one; those of replays among them. */
  inFlight: number;
  /** Each of them, for one that does not end. */
  readonly sends: Set<{ isOver(): boolean; giveUp(): void }>;
  readonly arrivals: Arrivals;
  /** Items of replays that wait for a place. */
  readonly replayJobs: ReplayJob[];
  /** Those that are under way. */
  readonly replaysOut: Set<ReplayJob>;
  /** Ordering keys that are out: of the live run how many times, of replays until when. No key is ever out in both. */
  readonly liveKeys: Map<string, number>;
  readonly replayKeys: Map<string, Promise<void>>;
  /** The last place went to a replay: the next one is the live run's, if it wants it. */
  replayWasLast: boolean;
  pending: Pending;
  lastTickMs: number;
  /** When the destination's state is looked at again. */
  lookAtMs: number;
  /** Nothing new is sent; what is under way is still noted. */
  draining: boolean;
  /** Results that come now are nobody's: the lease is gone or given back. */
  stopped: boolean;
  /** Ends the worker's wait. */
  ring: () => void;
}
