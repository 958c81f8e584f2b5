import { sql } from "../sql.ts";
import type { Migration } from "./migration.ts";

/**
 * Steps of orders that were taken at this terminal, by the id that the POS gave each: written in the transaction of their
 * entry, so that a step that is told twice is one step, and an order stands where this till left it before the cloud knows.
 */
export const handOver: Migration = {
  version: 60,
  sql: sql`
    CREATE TABLE order_step (
      step_id TEXT PRIMARY KEY,
      content_hash BLOB NOT NULL,
      -- Id of the order's document.
      order_id TEXT NOT NULL,
      status TEXT NOT NULL,
      -- The goods that it was about, as JSON; null: the whole order.
      lines TEXT,
      -- The order's revision that staff had before them.
      revision INTEGER NOT NULL,
      hlc TEXT NOT NULL,
      epoch INTEGER NOT NULL,
      seq INTEGER NOT NULL,
      at_ms INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX order_step_order ON order_step (order_id);
    CREATE INDEX order_step_age ON order_step (at_ms);
  `,
};
