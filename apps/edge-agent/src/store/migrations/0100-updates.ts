import { sql } from "../sql.ts";
import type { Migration } from "./migration.ts";

/** Where an update of the agent stands, roots of trust that were followed, and files that are not taken again. */
export const updates: Migration = {
  version: 100,
  expands: true,
  sql: sql`
    CREATE TABLE update_state (id INTEGER PRIMARY KEY CHECK (id = 1), state TEXT NOT NULL);
    CREATE TABLE update_root (version INTEGER PRIMARY KEY, envelope BLOB NOT NULL);
    CREATE TABLE update_refused (
      sha256 TEXT PRIMARY KEY,
      version TEXT NOT NULL,
      reason TEXT NOT NULL CHECK (reason IN ('failed', 'declined')),
      at_ms INTEGER NOT NULL
    ) WITHOUT ROWID;
  `,
};
