import { sql } from "../sql.ts";
import type { Migration } from "./migration.ts";

/**
 * `reading`: one pass over one content of a file, with how far it has come. `digest` is the ledger of whole contents, by
 * what read them, so that a corrected configuration reads a file again.
 * `set_aside.digest` keeps one row for the same bytes with the same fault, however often the file comes back.
 */
export const sources: Migration = {
  version: 30,
  sql: sql`
    CREATE TABLE reading (
      id INTEGER PRIMARY KEY,
      source TEXT NOT NULL,
      name TEXT NOT NULL,
      reader BLOB NOT NULL,
      file_id TEXT NOT NULL,
      size INTEGER NOT NULL,
      mtime_ms REAL NOT NULL,
      position INTEGER NOT NULL,
      checkpoint TEXT,
      prefix_hash BLOB,
      edge_hash BLOB,
      state TEXT NOT NULL,
      code TEXT,
      started_at_ms INTEGER NOT NULL,
      UNIQUE (source, name)
    );
    CREATE TABLE digest (
      sha256 BLOB NOT NULL,
      reader BLOB NOT NULL,
      transactions INTEGER NOT NULL,
      at_ms INTEGER NOT NULL,
      PRIMARY KEY (sha256, reader)
    ) WITHOUT ROWID;
    CREATE TABLE set_aside (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      at_ms INTEGER NOT NULL,
      source TEXT NOT NULL,
      adapter TEXT NOT NULL,
      name TEXT NOT NULL,
      code TEXT NOT NULL,
      detail TEXT,
      range_start INTEGER,
      range_end INTEGER,
      bytes BLOB NOT NULL,
      bytes_total INTEGER NOT NULL,
      digest BLOB NOT NULL UNIQUE,
      times INTEGER NOT NULL,
      state TEXT NOT NULL,
      resolved_at_ms INTEGER
    );
    -- The open ones are few; status counts them and a later good reading of the file resolves them.
    CREATE INDEX set_aside_open ON set_aside (source, name) WHERE state = 'open';
  `,
};
