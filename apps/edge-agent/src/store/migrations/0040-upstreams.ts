import { sql } from "../sql.ts";
import type { Migration } from "./migration.ts";

/** How far each upstream has acknowledged each epoch, and what the cloud found when it read the entries. */
export const upstreams: Migration = {
  version: 40,
  sql: sql`
    CREATE TABLE upstream (
      name TEXT NOT NULL,
      epoch INTEGER NOT NULL,
      acked_seq INTEGER NOT NULL,
      acked_hash BLOB NOT NULL,
      acked_at_ms INTEGER NOT NULL,
      PRIMARY KEY (name, epoch)
    ) WITHOUT ROWID;
    CREATE TABLE verdict (
      n INTEGER PRIMARY KEY,
      epoch INTEGER NOT NULL,
      seq INTEGER NOT NULL,
      kind TEXT NOT NULL,
      code TEXT,
      detail TEXT,
      at_ms INTEGER NOT NULL
    );
    -- Open verdicts are those whose entry has no later one; looked up by entry.
    CREATE INDEX verdict_entry ON verdict (epoch, seq, n);
  `,
};
