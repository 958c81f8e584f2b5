import { sql } from "../sql.ts";
import type { Migration } from "./migration.ts";

/**
 * What happened to the line and to the agent, one row each, the latest with the highest number. `lasted_ms` is set once
 * it is over. The indices are for a picture that is read every second: each counts few rows of a table that may be long.
 */
export const lineHistory: Migration = {
  version: 70,
  sql: sql`
    CREATE TABLE line_event (
      n INTEGER PRIMARY KEY AUTOINCREMENT,
      at_ms INTEGER NOT NULL,
      event TEXT NOT NULL,
      code TEXT,
      lasted_ms INTEGER
    );
    CREATE INDEX line_event_open ON line_event (event) WHERE lasted_ms IS NULL;
    CREATE INDEX reading_unsettled ON reading (source, state) WHERE state <> 'done';
    CREATE INDEX set_aside_attention ON set_aside (id) WHERE state = 'open' AND code <> 'capture.not-a-sale';
    CREATE INDEX verdict_set_aside ON verdict (n) WHERE kind = 'set-aside';
  `,
};
