import { sql } from "../sql.ts";
import type { Migration } from "./migration.ts";

/**
 * `receipt` holds the latest revision of each natural key, and what it adds to the day's totals, so that a revision can
 * take it off again when the entry itself was pruned long ago. `reading` is the pass over a source that saw it last:
 * two contents under one key in one pass are a conflict, in two passes a revision.
 * `day_total` is small: one row per till, day, type and currency.
 */
export const receipts: Migration = {
  version: 20,
  sql: sql`
    CREATE TABLE receipt (
      natural_key TEXT PRIMARY KEY,
      entry_key INTEGER NOT NULL,
      revision INTEGER NOT NULL,
      reading INTEGER NOT NULL,
      type TEXT NOT NULL,
      currency TEXT NOT NULL,
      counts INTEGER NOT NULL,
      gross INTEGER NOT NULL,
      content_hash BLOB NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE day_total (
      business_day TEXT NOT NULL,
      store TEXT NOT NULL,
      workstation TEXT NOT NULL,
      type TEXT NOT NULL,
      currency TEXT NOT NULL,
      transactions INTEGER NOT NULL,
      revisions INTEGER NOT NULL,
      sales INTEGER NOT NULL,
      gross INTEGER NOT NULL,
      PRIMARY KEY (business_day, store, workstation, type, currency)
    ) WITHOUT ROWID;
  `,
};
