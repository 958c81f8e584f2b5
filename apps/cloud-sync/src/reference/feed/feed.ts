import type { Collection, Scope, StoreId } from "@tillsync/sync-protocol";
import type { Database } from "../../db/database.ts";

/** A feed as its sender meant it. */
export interface Feed {
  readonly collection: Collection;
  /** Of rows that name none. */
  readonly scope: Scope | undefined;
  /** The sender's store; undefined: every store. */
  readonly store: StoreId | undefined;
  /** Documents may leave the scope where they live for the one that the feed names. */
  readonly move: boolean;
  /** The feed is all that the scope has: the rest is deleted, unless that is more than this share of it. */
  readonly replace: { readonly maxDeletedPercent: number } | undefined;
  /** Checks everything and writes nothing. Each batch is held against what is stored. */
  readonly dryRun: boolean;
}

export interface FeedDeps {
  readonly db: Database;
  readonly now: () => number;
}
