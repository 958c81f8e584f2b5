import { areGoodsOut, orderSteps, type StoreId } from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import type { LogEntry } from "../event-log/log-entry.ts";
import { lockDocuments } from "../reference/lock-documents.ts";
import { writeDocuments, type MovedHead } from "../reference/write-documents.ts";
import { interpretEntry } from "../transactions/interpret-entry.ts";
import { readCaptured } from "../transactions/read-captured.ts";
import { readEntries } from "../transactions/read-entries.ts";
import { foldOrders, orderIds } from "./fold-orders.ts";
import type { ToldFact } from "./order-facts.ts";
import { hlcOf } from "./read-fold-page.ts";

/** Entries of one page. Few are ever set aside. */
export const SET_ASIDE_PAGE = 200;

interface SetAsideRow {
  readonly pos: number;
  readonly code: string;
  readonly store_id: StoreId;
}

/** Whether anything was set aside that was not looked at yet. */
export async function hasSetAside(db: Queryable, shard: string): Promise<boolean> {
  const rows = await db.query(sql`
    SELECT FROM set_aside WHERE shard = ${shard} AND pos > coalesce((SELECT pos FROM fold_set_aside WHERE shard = ${shard}), 0) LIMIT 1`);
  return rows.length > 0;
}

/**
 * Tells orders of goods that left the shop against the rules, a page of entries at a time: a till that hands over an order that
 * was cancelled meanwhile is set aside in the log, since the order does not go on, but the goods are gone, and staff and head
 * office must see it where they see the order. Whatever else is set aside moves nothing. Call it under the folds' cursor.
 * `pass`: goes by without looking, past what cannot be folded.
 */
export async function foldSetAside(
  tx: Queryable,
  shard: string,
  nowMs: number,
  { limit, pass }: { readonly limit: number; readonly pass: boolean } = { limit: SET_ASIDE_PAGE, pass: false },
): Promise<MovedHead[]> {
  const rows = await tx.query<SetAsideRow>(sql`
    SELECT a.pos, a.code, t.store_id FROM set_aside a JOIN terminal t USING (terminal_id)
    WHERE a.shard = ${shard} AND a.pos > coalesce((SELECT pos FROM fold_set_aside WHERE shard = ${shard}), 0) ORDER BY a.pos LIMIT ${limit}`);
  const last = rows.at(-1)?.pos;
  if (last === undefined) return [];
  const refused = new Map(rows.filter(({ code }) => !pass && code === "order.transition-forbidden").map((row) => [row.pos, row.store_id]));
  const facts: ToldFact[] = [];
  await readEntries(tx, shard, [...refused.keys()], (entry) => facts.push(...goodsOut(entry, refused.get(entry.pos))));
  await tx.query(sql`
    INSERT INTO fold_set_aside (shard, pos) VALUES (${shard}, ${last}::bigint) ON CONFLICT (shard) DO UPDATE SET pos = EXCLUDED.pos`);
  if (facts.length === 0) return [];
  await lockDocuments(
    tx,
    facts.flatMap(orderIds).map((id) => ({ collection: "orders" as const, id })),
  );
  // What these are refused for here is set aside already.
  const { changes } = await foldOrders(tx, facts);
  return writeDocuments(tx, changes, nowMs);
}

function goodsOut(entry: LogEntry, store: StoreId | undefined): ToldFact[] {
  if (store === undefined || interpretEntry(entry).kind !== "transaction") return [];
  const transaction = readCaptured(entry.line);
  const hlc = hlcOf(entry);
  const row = {
    shard: entry.shard,
    tpos: 0,
    terminal: entry.terminal,
    epoch: entry.epoch,
    seq: entry.seq,
    store,
    hlc,
    happenedAt: hlc,
    story: { transaction },
  };
  return orderSteps(transaction)
    .filter(({ status }) => areGoodsOut(status))
    .map((step) => ({ row, step }));
}
