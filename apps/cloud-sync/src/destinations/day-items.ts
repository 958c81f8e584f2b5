import type { Queryable } from "../db/database.ts";
import { sql, type Sql } from "../db/sql.ts";
import { storeCondition } from "../transactions/store-condition.ts";
import { withEdits } from "./edits.ts";
import { loadItems, type LoadedItem } from "./load-items.ts";
import { LOG_COLUMNS, type LogRow } from "./log-row.ts";

/** Receipts in memory at once. */
export const DAY_PAGE_ROWS = 200;

export interface DayWish {
  readonly businessDay: string;
  readonly store?: string | undefined;
  /** Categories that are wanted. */
  readonly include: readonly string[];
  /** Whose edits apply; undefined: nobody's. */
  readonly key?: string | undefined;
  /** A further condition on `transaction t`. */
  readonly and?: Sql;
}

/** What a destination is sent of a business day, shard by shard in the order of the log, a page at a time. */
export async function* dayItems(db: Queryable, wish: DayWish): AsyncGenerator<readonly LoadedItem[]> {
  const { businessDay, include, key, and = sql`true` } = wish;
  const store = await storeCondition(db, wish.store);
  for (const { shard } of await db.query<{ shard: string }>(sql`SELECT shard FROM shard ORDER BY shard`)) {
    for (let after = 0; ;) {
      const rows = await db.query<LogRow>(sql`
        SELECT ${LOG_COLUMNS} FROM transaction t
        WHERE t.shard = ${shard} AND t.tpos > ${after}::bigint AND t.business_day = ${businessDay} AND ${store} AND ${and}
          AND (t.category = ANY(${include}::text[]) OR t.previous_category = ANY(${include}::text[]))
        ORDER BY t.tpos LIMIT ${DAY_PAGE_ROWS}`);
      const last = rows.at(-1);
      if (last === undefined) break;
      const items = await loadItems(db, shard, rows, false);
      yield key === undefined ? items : await withEdits(db, key, items);
      after = last.tpos;
    }
  }
}
