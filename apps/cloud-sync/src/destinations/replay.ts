import { TillsyncError, transactionTypes } from "@tillsync/sync-protocol";
import type { Database, Queryable } from "../db/database.ts";
import { sql, type Sql } from "../db/sql.ts";
import { readDestinationState } from "./destination.ts";
import { destinationCursor } from "./destination-name.ts";
import { LOG_COLUMNS, type LogRow } from "./log-row.ts";

export interface ReplayWish {
  readonly destination: string;
  /** Business days (2026-11-20) or times (ISO 8601 with zone), both inclusive; both of one kind. */
  readonly from: string;
  readonly to: string;
  readonly store?: string | undefined;
  /** Items of this ordering key alone: a sale with its returns, an order, a member. */
  readonly orderingKey?: string | undefined;
  /** Items of this transaction type alone. */
  readonly type?: string | undefined;
  /** Items a second in each shard at most. */
  readonly rate?: number | undefined;
}

export interface ReplayRow {
  readonly id: number;
  readonly from_text: string;
  readonly to_text: string;
  readonly store: string | null;
  readonly ordering_key: string | null;
  readonly type: string | null;
  readonly rate: number;
}

/** Where a replay stands in a shard. */
export interface ReplayPlace {
  readonly tpos: number;
  readonly end_tpos: number;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Items a second: the live run and the receiver keep their breath. */
const RATE = 50;
export const REPLAY_RATE_MAX = 10_000;

/**
 * Asks for a second run over what a destination got before: a cursor of its own, the same identities. It ends where the
 * live run stands now; what is newer comes by itself. Throws `usage.invalid`, `destination.unknown`.
 */
export async function startReplay(db: Database, wish: ReplayWish, nowMs: number): Promise<number> {
  const { destination, from, to, store = null, orderingKey = null, type = null, rate = RATE } = wish;
  rangeCondition(from, to);
  if (type !== null && !transactionTypes.includes(type))
    throw new TillsyncError("usage.invalid", `--type: one of ${transactionTypes.join(", ")}`);
  if (!Number.isInteger(rate) || rate < 1 || rate > REPLAY_RATE_MAX)
    throw new TillsyncError("usage.invalid", `--rate: 1 to ${REPLAY_RATE_MAX} items a second`);
  await readDestinationState(db, destination);
  return db.transaction(async (tx) => {
    const rows = await tx.query<{ id: number }>(sql`
      INSERT INTO replay (destination, from_text, to_text, store, ordering_key, type, rate, created_at_ms)
      VALUES (${destination}, ${from}, ${to}, ${store}, ${orderingKey}, ${type}, ${rate}, ${nowMs}::bigint) RETURNING id`);
    const id = rows[0]?.id ?? 0;
    await tx.query(sql`
      INSERT INTO replay_cursor (replay, shard, end_tpos)
      SELECT ${id}::bigint, shard, pos FROM subscriber_cursor WHERE subscriber = ${destinationCursor(destination)}`);
    return id;
  });
}

/** Which rows of `transaction t` a range means. Throws `usage.invalid`. */
function rangeCondition(from: string, to: string): Sql {
  if (DAY.test(from) && DAY.test(to)) return sql`t.business_day BETWEEN ${from} AND ${to}`;
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  if (DAY.test(from) || DAY.test(to) || Number.isNaN(fromMs) || Number.isNaN(toMs))
    throw new TillsyncError("usage.invalid", "--from and --to: two business days (2026-11-20) or two times (2026-11-20T08:00:00Z)");
  return sql`t.received_at_ms BETWEEN ${fromMs}::bigint AND ${toMs}::bigint`;
}

/** Replays of a destination that have something left to do in a shard, oldest first. */
export const activeReplays = (db: Queryable, destination: string, shard: string): Promise<ReplayRow[]> =>
  db.query<ReplayRow>(sql`
    SELECT r.id, r.from_text, r.to_text, r.store, r.ordering_key, r.type, r.rate
    FROM replay r JOIN replay_cursor c ON c.replay = r.id AND c.shard = ${shard} AND c.tpos < c.end_tpos
    WHERE r.destination = ${destination} AND r.state = 'active' ORDER BY r.id`);

/** Undefined once the replay is through with the shard. */
export async function readPlace(db: Queryable, replay: number, shard: string): Promise<ReplayPlace | undefined> {
  const rows = await db.query<ReplayPlace>(sql`
    SELECT tpos, end_tpos FROM replay_cursor WHERE replay = ${replay}::bigint AND shard = ${shard} AND tpos < end_tpos`);
  return rows[0];
}

/**
 * The next rows of the log that a replay means: what is settled at the destination. What has not arrived yet is none of
 * a replay's business: it comes, in its order, by itself.
 */
export const readRange = (
  db: Queryable,
  of: {
    readonly destination: string;
    readonly shard: string;
    readonly replay: ReplayRow;
    readonly place: ReplayPlace;
    readonly limit: number;
  },
): Promise<LogRow[]> => {
  const { destination, shard, replay, place } = of;
  return db.query<LogRow>(sql`
    SELECT ${LOG_COLUMNS} FROM transaction t
    JOIN receipt r ON r.destination = ${destination} AND r.shard = t.shard AND r.tpos = t.tpos AND r.outcome IN ('delivered', 'nothing')
    WHERE t.shard = ${shard} AND t.tpos > ${place.tpos}::bigint AND t.tpos <= ${place.end_tpos}::bigint
      AND ${rangeCondition(replay.from_text, replay.to_text)} AND (${replay.store}::text IS NULL OR t.store_id = ${replay.store}::text)
      AND (${replay.ordering_key}::text IS NULL OR t.ordering_key = ${replay.ordering_key}::text)
      AND (${replay.type}::text IS NULL OR t.type = ${replay.type}::text)
    ORDER BY t.tpos LIMIT ${of.limit}`);
};

/** Marks replays as done that have nothing left to do in any shard. Gives their ids. */
export async function finishReplays(db: Queryable, destination: string, nowMs: number): Promise<number[]> {
  const rows = await db.query<{ id: number }>(sql`
    UPDATE replay SET state = 'done', done_at_ms = ${nowMs}::bigint
    WHERE destination = ${destination} AND state = 'active'
      AND NOT EXISTS (SELECT 1 FROM replay_cursor c WHERE c.replay = replay.id AND c.tpos < c.end_tpos)
    RETURNING id`);
  return rows.map((row) => row.id);
}
