import { TillsyncError } from "@tillsync/sync-protocol";
import type { Database, Queryable } from "../db/database.ts";
import { sql, type Sql } from "../db/sql.ts";
import { readDestinationState } from "./destination.ts";
import { destinationCursor } from "./destination-name.ts";

export interface ReplayWish {
  readonly destination: string;
  /** Business days (2026-11-20) or times (ISO 8601 with zone), both inclusive; both of one kind. */
  readonly from: string;
  readonly to: string;
  readonly store: string | undefined;
}

export interface ReplayRow {
  readonly id: number;
  readonly destination: string;
  readonly from_text: string;
  readonly to_text: string;
  readonly store: string | null;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * Asks for a second run over what a destination got before: a cursor of its own, the same identities. It ends where the
 * live run stands now; what is newer comes by itself. Throws `usage.invalid`, `destination.unknown`.
 */
export async function startReplay(db: Database, wish: ReplayWish, nowMs: number): Promise<number> {
  rangeCondition(wish.from, wish.to);
  await readDestinationState(db, wish.destination);
  return db.transaction(async (tx) => {
    const rows = await tx.query<{ id: number }>(sql`
      INSERT INTO replay (destination, from_text, to_text, store, created_at_ms)
      VALUES (${wish.destination}, ${wish.from}, ${wish.to}, ${wish.store ?? null}, ${nowMs}::bigint) RETURNING id`);
    const id = rows[0]?.id ?? 0;
    await tx.query(sql`
      INSERT INTO replay_cursor (replay, shard, end_tpos)
      SELECT ${id}::bigint, shard, pos FROM subscriber_cursor WHERE subscriber = ${destinationCursor(wish.destination)}`);
    return id;
  });
}

/** Which rows of `transaction t` a range means. Throws `usage.invalid`. */
export function rangeCondition(from: string, to: string): Sql {
  if (DAY.test(from) && DAY.test(to)) return sql`t.business_day BETWEEN ${from} AND ${to}`;
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  if (DAY.test(from) || DAY.test(to) || Number.isNaN(fromMs) || Number.isNaN(toMs))
    throw new TillsyncError("usage.invalid", "--from and --to: two business days (2026-11-20) or two times (2026-11-20T08:00:00Z)");
  return sql`t.received_at_ms BETWEEN ${fromMs}::bigint AND ${toMs}::bigint`;
}

/** Replays of a destination that are under way, oldest first. */
export const activeReplays = (db: Queryable, destination: string): Promise<ReplayRow[]> =>
  db.query<ReplayRow>(sql`
    SELECT id, destination, from_text, to_text, store FROM replay WHERE destination = ${destination} AND state = 'active' ORDER BY id`);
