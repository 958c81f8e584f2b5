import type { EpochStartBody } from "@tillsync/sync-protocol";
import type { LogEntry } from "../event-log/log-entry.ts";
import type { OrderStates } from "../orders/told-order.ts";
import type { OrderEventRow } from "../orders/write-order-events.ts";
import type { Category } from "./category.ts";
import type { Interpreted, Projection } from "./interpret-entry.ts";

/** An entry with what it was found to mean. */
export interface ReadEntry {
  readonly entry: LogEntry;
  readonly meaning: Interpreted;
}

/** The newest revision of a receipt, with what the running totals hold of it. */
export interface LatestRevision {
  readonly revision: number;
  readonly shard: string;
  readonly tpos: number;
  readonly pos: number;
  readonly terminal: string;
  readonly sourceRevision: number;
  readonly contentHash: string;
  readonly type: string;
  readonly category: Category | undefined;
  readonly currency: string | undefined;
  readonly exponent: number | undefined;
  readonly grand: string | undefined;
}

export interface KnownReceipt {
  latest: LatestRevision;
  /** Content to its revision, as far as the page's contents are among them. */
  readonly contents: Map<string, number>;
}

/** An open set-aside entry: later revisions of its receipt by its terminal wait behind it. */
export interface WaitingEntry {
  readonly pos: number;
  readonly terminal: string;
  readonly naturalKey: string;
  readonly code: string;
}

/** What the database knows of a page's terminals and receipts, read under the cursor's lock. */
export interface Known {
  readonly lastTpos: number;
  readonly terminals: ReadonlyMap<string, { readonly storeId: string; readonly posStores: readonly string[] | null }>;
  readonly receipts: ReadonlyMap<string, KnownReceipt>;
  readonly waiting: readonly WaitingEntry[];
  /** Of the orders that the page tells of, under their rows' locks. */
  readonly orders: OrderStates;
}

export interface TransactionInsert extends Projection {
  readonly entry: LogEntry;
  readonly tpos: number;
  readonly revision: number;
  readonly previousCategory: Category | undefined;
  readonly storeId: string;
  latest: boolean;
}

export interface SetAsideInsert {
  readonly entry: LogEntry;
  readonly naturalKey: string | undefined;
  readonly code: string;
  readonly detail: string | undefined;
}

/** Everything that one page changes; written by `writePage` in the cursor's transaction. */
export interface PageDecision {
  readonly inserts: TransactionInsert[];
  /** Revisions from before this page that are not the latest any more. */
  readonly replaced: { readonly shard: string; readonly tpos: number }[];
  readonly duplicates: {
    readonly entry: LogEntry;
    readonly kind: "repeated" | "outdated";
    readonly naturalKey: string;
    readonly revision: number;
  }[];
  readonly setAside: SetAsideInsert[];
  readonly orderEvents: OrderEventRow[];
  readonly epochStarts: { readonly entry: LogEntry; readonly body: EpochStartBody }[];
  /** Entries that were understood: of a retake, those that are open no more. */
  readonly passed: LogEntry[];
  readonly totals: Map<string, bigint>;
}
