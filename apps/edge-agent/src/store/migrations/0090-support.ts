import { sql } from "../sql.ts";
import type { Migration } from "./migration.ts";

/**
 * What staff handed to IT. `support_item` marks what was set aside (`item`: its id; negative: the cloud's verdict), so that
 * it counts as staff's no longer. `support_request` is what head office is told, as it was on that day, and whether it has
 * been told; a mark can outlive it.
 */
export const support: Migration = {
  version: 90,
  expands: true,
  sql: sql`
    CREATE TABLE support_request (
      number TEXT PRIMARY KEY,
      at_ms INTEGER NOT NULL,
      body TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'refused')),
      settled_at_ms INTEGER,
      code TEXT
    ) WITHOUT ROWID;
    CREATE INDEX support_request_queued ON support_request (at_ms) WHERE state = 'queued';
    CREATE TABLE support_item (
      item INTEGER PRIMARY KEY,
      number TEXT NOT NULL,
      at_ms INTEGER NOT NULL
    );
  `,
};
