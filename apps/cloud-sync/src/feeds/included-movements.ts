import { BATCH_ENTRIES_MAX, type StockLevel, type StoreId } from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { destinationCursor } from "../destinations/destination-name.ts";
import { findDestination } from "../destinations/destination.ts";
import { TRANSACTIONS } from "../transactions/subscriber-name.ts";
import type { LevelSource } from "./feed-kind.ts";

export type Included = StockLevel["included"];

/**
 * How much of each terminal's journal a system has that is fed by this destination: everything before the first entry that
 * was not read here yet, or that has not arrived there. Without a destination: everything that was read here. To be asked
 * BEFORE the system is: a sale that arrives in between then counts twice for a moment, which shows too little and not too
 * much, and its goods are read again with the next poll.
 */
export async function includedMovements(db: Queryable, { store, destination }: LevelSource): Promise<Included> {
  const key = destination === undefined ? null : (await findDestination(db, destination)).key;
  const rows = await db.query<{ terminal_id: string; epoch: number; seq: number }>(sql`
    WITH here AS (
      SELECT s.shard, coalesce(c.pos, 0) AS pos, coalesce(d.pos, 0) AS arrived FROM store s
      LEFT JOIN subscriber_cursor c ON c.subscriber = ${TRANSACTIONS} AND c.shard = s.shard
      LEFT JOIN subscriber_cursor d ON d.subscriber = ${key === null ? "" : destinationCursor(key)} AND d.shard = s.shard
      WHERE s.store_id = ${store}
    ), missing AS (
      SELECT g.terminal_id, g.epoch, g.first_seq + greatest(0, here.pos + 1 - g.first_pos) AS seq FROM here
      JOIN segment g ON g.shard = here.shard AND g.first_pos > here.pos - ${BATCH_ENTRIES_MAX} AND g.first_pos + g.entries - 1 > here.pos
      UNION ALL
      SELECT t.terminal_id, t.epoch, t.seq FROM here
      JOIN transaction t ON t.shard = here.shard AND t.tpos > here.arrived AND t.store_id = ${store}
      WHERE ${key}::text IS NOT NULL
      UNION ALL
      SELECT t.terminal_id, t.epoch, t.seq FROM delivery d
      JOIN transaction t ON t.shard = d.shard AND t.tpos = d.tpos AND t.store_id = ${store}
      WHERE d.destination = ${key} AND d.replay IS NULL
    ), head AS (
      SELECT DISTINCT ON (j.terminal_id) j.terminal_id, j.epoch, j.seq FROM journal j JOIN terminal USING (terminal_id)
      WHERE store_id = ${store} AND j.seq > 0 ORDER BY j.terminal_id, j.epoch DESC
    )
    SELECT h.terminal_id, coalesce(m.epoch, h.epoch) AS epoch, coalesce(m.seq - 1, h.seq) AS seq FROM head h
    LEFT JOIN LATERAL (
      SELECT epoch, seq FROM missing WHERE missing.terminal_id = h.terminal_id ORDER BY epoch, seq LIMIT 1
    ) m ON true ORDER BY h.terminal_id`);
  return Object.fromEntries(rows.map(({ terminal_id: terminal, epoch, seq }) => [terminal, { epoch, seq }])) as Included;
}

/** Of all stores whose levels a part reads. */
export async function includedIn(db: Queryable, levels: readonly LevelSource[]): Promise<ReadonlyMap<StoreId, Included>> {
  const all = new Map<StoreId, Included>();
  for (const level of levels) all.set(level.store, await includedMovements(db, level));
  return all;
}
