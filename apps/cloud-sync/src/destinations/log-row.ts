import type { Queryable } from "../db/database.ts";
import { sql, type Sql } from "../db/sql.ts";

/** A row of the transaction log as the dispatcher reads it: light, without the receipt. */
export interface LogRow {
  readonly tpos: number;
  readonly pos: number;
  readonly natural_key: string;
  readonly revision: number;
  readonly ordering_key: string;
  readonly terminal_id: string;
  readonly store_id: string;
  readonly received_at_ms: number;
  /** Of the content that was taken up. */
  readonly content_hash: Uint8Array;
  readonly status: string;
  readonly category: string | null;
  readonly previous_category: string | null;
}

/** The columns of a `LogRow`, of `transaction t`. */
export const LOG_COLUMNS: Sql = sql`t.tpos, t.pos, t.natural_key, t.revision, t.ordering_key, t.terminal_id, t.store_id, t.received_at_ms,
  t.content_hash, t.status, t.category, t.previous_category`;

/** Rows of the log past `after`, at most `limit`, in order and without a hole. */
export const readLogRows = (db: Queryable, shard: string, after: number, limit: number): Promise<LogRow[]> =>
  db.query<LogRow>(sql`
    SELECT ${LOG_COLUMNS} FROM transaction t WHERE t.shard = ${shard} AND t.tpos > ${after}::bigint ORDER BY t.tpos LIMIT ${limit}`);

/** Rows at the positions named. */
export const readLogRowsAt = (db: Queryable, shard: string, positions: readonly number[]): Promise<LogRow[]> =>
  db.query<LogRow>(sql`
    SELECT ${LOG_COLUMNS} FROM transaction t WHERE t.shard = ${shard} AND t.tpos = ANY(${positions}::bigint[]) ORDER BY t.tpos`);
