import type { Queryable } from "../db/database.ts";
import type { LogEntry } from "../event-log/log-entry.ts";

/** Something that reads the event log in order with a cursor of its own. */
export interface Subscriber<Prepared> {
  /** Names its cursors; never changes. */
  readonly name: string;
  /** Entries of one page at most: memory and the length of a transaction. */
  readonly pageEntries: number;
  /** Called with a fresh lease, before the first page: catches up with what changed while nobody worked the shard. */
  opened(shard: string): Promise<void>;
  /** The part of the work that needs no database, done before the transaction opens. Must not throw for bad entries. */
  prepare(entries: readonly LogEntry[]): Prepared;
  /** Does the page's work inside the transaction that also moves the cursor: both are kept or neither. */
  handle(tx: Queryable, shard: string, prepared: Prepared): Promise<void>;
  /** The last resort, inside the cursor's transaction: `entry` alone makes `handle` fail. Keeps it where a person sees it. */
  refuse(tx: Queryable, entry: LogEntry, error: unknown): Promise<void>;
  /** Called after a page is durable: wakes whoever follows. May be called for nothing. */
  committed(shard: string): void;
}
