import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";

export interface SetAsideRow {
  readonly shard: string;
  readonly pos: number;
  readonly terminalId: string;
  readonly epoch: number;
  readonly seq: number;
  readonly naturalKey: string | null;
  readonly code: string;
  readonly detail: string | null;
  readonly atMs: number;
}

/** Rows of one page of the list. */
export const LIST_ROWS_MAX = 1_000;

/** Open set-aside entries of a shard, in the order of the log, past position `after`, a page at a time. */
export const listSetAside = (db: Queryable, wish: { shard: string; after: number; limit: number }): Promise<SetAsideRow[]> =>
  db.query<SetAsideRow>(sql`
    SELECT shard, pos, terminal_id AS "terminalId", epoch, seq, natural_key AS "naturalKey", code, detail, at_ms AS "atMs"
    FROM set_aside WHERE state = 'open' AND shard = ${wish.shard} AND pos > ${wish.after}::bigint
    ORDER BY pos LIMIT ${Math.min(wish.limit, LIST_ROWS_MAX)}`);
