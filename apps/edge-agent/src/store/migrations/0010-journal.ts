import { sql } from "../sql.ts";
import type { Migration } from "./migration.ts";

/**
 * `entry.key` is epoch * 2^33 + seq: one integer key, so that an append touches the rightmost leaf only and no index.
 * `line` is what was hashed and will be sent; `hash` is the chain up to and with it.
 * `epoch.anchor_*` is where pruning has come to: the hash of the last entry that is gone, so that the chain can still be
 * checked from there. `carry_*` is an unfinished carrying over of another epoch's entries.
 */
export const journal: Migration = {
  version: 10,
  sql: sql`
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE epoch (
      epoch INTEGER PRIMARY KEY,
      journal_key TEXT NOT NULL,
      reason TEXT NOT NULL,
      started_at_ms INTEGER NOT NULL,
      anchor_seq INTEGER NOT NULL,
      anchor_hash BLOB NOT NULL,
      closed INTEGER NOT NULL DEFAULT 0,
      carry_epoch INTEGER,
      carry_next INTEGER,
      carry_last INTEGER
    );
    CREATE TABLE entry (key INTEGER PRIMARY KEY, line BLOB NOT NULL, hash BLOB NOT NULL);
  `,
};
