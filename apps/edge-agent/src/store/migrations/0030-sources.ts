import { sql } from "../sql.ts";
import type { Migration } from "./migration.ts";

/**
 * `reader`: an adapter with its configuration. `reading`: one pass over one content of a file, with how far it has come:
 * `checkpoint` is where the adapter goes on, `prefix_hash` that of the first `hashed_to` bytes as they were read, which
 * tells a file that has grown from one that was written anew. A new id is a new pass. `digest` is the ledger of whole contents, by
 * what read them, so that a corrected configuration reads a file again.
 * `set_aside.digest` keeps one row for the same bytes with the same fault, however often the file comes back;
 * `checkpoint` is what its adapter knew before the record, so that the bytes can be read again alone.
 */
export const sources: Migration = {
  version: 30,
  sql: sql`
    CREATE TABLE reader (fingerprint BLOB PRIMARY KEY, adapter TEXT NOT NULL, config TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE reading (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      source TEXT NOT NULL,
      name TEXT NOT NULL,
      reader BLOB NOT NULL,
      size INTEGER NOT NULL,
      mtime_ms REAL NOT NULL,
      position INTEGER NOT NULL,
      checkpoint TEXT,
      hashed_to INTEGER NOT NULL,
      prefix_hash BLOB NOT NULL,
      transactions INTEGER NOT NULL,
      state TEXT NOT NULL,
      code TEXT,
      seen_at_ms INTEGER NOT NULL,
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
      reader BLOB,
      checkpoint TEXT,
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
