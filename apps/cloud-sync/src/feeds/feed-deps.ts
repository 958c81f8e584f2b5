import type { Database } from "../db/database.ts";
import type { BackgroundLog, BackgroundPorts } from "../subscribers/ports.ts";
import type { FeedCommon } from "./feed-file.ts";
import type { FeedLease } from "./feed-lease.ts";

/** What a run of one feed works with. */
export interface RunDeps {
  readonly db: Database;
  readonly ports: BackgroundPorts;
  readonly log: BackgroundLog;
}

/** One run of one feed: what it may do, and what it has done so far. */
export interface Run extends RunDeps {
  readonly lease: FeedLease;
  readonly common: FeedCommon;
  /** A person allowed more deletions than the limit. */
  readonly allowDeletions: boolean;
  readonly signal: AbortSignal;
  readonly counts: RunCounts;
}

export interface RunCounts {
  /** Records that were read. */
  read: number;
  /** Documents that they mean, changed or not. */
  documents: number;
  /** Of those, and of what was deleted, what is other than before. */
  changed: number;
  deleted: number;
  /** Orders that ended long ago. */
  retired: number;
  /** Records that could not be taken as they are. */
  refused: number;
  pages: number;
  /** Deletions that were over the limit and did not take place. */
  deletionsHeld: number;
}

export const noCounts = (): RunCounts => ({
  read: 0,
  documents: 0,
  changed: 0,
  deleted: 0,
  retired: 0,
  refused: 0,
  pages: 0,
  deletionsHeld: 0,
});
