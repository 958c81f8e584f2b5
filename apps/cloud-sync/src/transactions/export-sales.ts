import type { Transaction } from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { readCaptured } from "./read-captured.ts";
import { readEntries } from "./read-entries.ts";
import { storeCondition } from "./store-condition.ts";

/** Rows per page: what is in memory at once, besides one span of the log. */
const PAGE_ROWS = 500;

/**
 * Canonical transactions in the order of the log, shard by shard: the latest revision of each receipt, or all of them.
 * Streams: memory does not grow with what is exported. Receipts that change meanwhile may come in either state.
 */
export async function* exportSales(
  db: Queryable,
  wish: { store?: string | undefined; businessDay?: string | undefined; allRevisions: boolean },
): AsyncGenerator<Transaction> {
  const store = await storeCondition(db, wish.store);
  const { businessDay = null } = wish;
  for (const { shard } of await db.query<{ shard: string }>(sql`SELECT shard FROM shard ORDER BY shard`)) {
    for (let after = 0; ;) {
      const rows = await db.query<{ tpos: number; pos: number }>(sql`
        SELECT t.tpos, t.pos FROM transaction t
        WHERE t.shard = ${shard} AND t.tpos > ${after}::bigint AND (t.latest OR ${wish.allRevisions}) AND ${store}
          AND (${businessDay}::text IS NULL OR t.business_day = ${businessDay}::text)
        ORDER BY t.tpos LIMIT ${PAGE_ROWS}`);
      const last = rows.at(-1);
      if (last === undefined) break;
      yield* await readPage(
        db,
        shard,
        rows.map((row) => row.pos),
      );
      after = last.tpos;
    }
  }
}

async function readPage(db: Queryable, shard: string, positions: readonly number[]): Promise<Transaction[]> {
  const byPos = new Map<number, Transaction>();
  await readEntries(
    db,
    shard,
    positions.toSorted((a, b) => a - b),
    (entry) => byPos.set(entry.pos, readCaptured(entry.line)),
  );
  return positions.flatMap((pos) => byPos.get(pos) ?? []);
}
