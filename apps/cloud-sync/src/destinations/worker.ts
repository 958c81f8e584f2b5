import type { Database } from "../db/database.ts";
import type { Wake } from "../event-log/wake.ts";
import type { Lease } from "../subscribers/cursor.ts";
import type { LeaseDeps } from "../subscribers/hold-lease.ts";
import type { Line } from "./line.ts";
import type { LoadedItem } from "./load-items.ts";
import type { LogPages } from "./log-pages.ts";
import type { NewException, Receipt } from "./record-tick.ts";
import type { NextStep } from "./retry-rule.ts";
import type { Window } from "./window.ts";

export interface DispatchDeps extends LeaseDeps {
  readonly db: Database;
  readonly wake: Wake;
  /** Shared by all destinations of the process. */
  readonly pages: LogPages;
}

/** A row of `delivery` whose time has come. */
export interface DueItem {
  readonly id: number;
  readonly attempts: number;
  readonly firstAtMs: number;
  readonly item: LoadedItem;
}

/** What was learned and is not recorded yet. */
export interface Pending {
  receipts: Receipt[];
  exceptions: NewException[];
  resolved: { id: number; orderingKey: string | undefined }[];
  updated: { id: number; step: NextStep }[];
}

export const nothingPending = (): Pending => ({ receipts: [], exceptions: [], resolved: [], updated: [] });

/** One destination and shard at work in this process. */
export interface Worker {
  readonly deps: DispatchDeps;
  readonly line: Line;
  readonly lease: Lease;
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
  inFlight: number;
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
