import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { lockOrders } from "../orders/lock-orders.ts";
import type { Category } from "./category.ts";
import type { Known, KnownReceipt, ReadEntry, WaitingEntry } from "./page.ts";

/**
 * Reads what `decidePage` needs to know of a page, in four statements whatever its size, and two more when it tells of
 * orders. Call it under the cursor's lock: positions and revisions are decided by what is read here.
 */
export async function loadKnown(tx: Queryable, shard: string, page: readonly ReadEntry[]): Promise<Known> {
  const keys = new Set(page.flatMap(({ meaning }) => (meaning.kind === "transaction" ? [meaning.projection.naturalKey] : [])));
  const last = await tx.query<{ tpos: number }>(sql`SELECT coalesce(max(tpos), 0) AS tpos FROM transaction WHERE shard = ${shard}`);
  return {
    lastTpos: last[0]?.tpos ?? 0,
    terminals: await loadTerminals(tx, [...new Set(page.map(({ entry }) => entry.terminal))]),
    receipts: await loadReceipts(tx, page),
    waiting: await loadWaiting(tx, shard, [...keys]),
    orders: await lockOrders(
      tx,
      page.flatMap(({ meaning }) => (meaning.kind === "transaction" ? meaning.projection.steps : [])),
    ),
  };
}

async function loadTerminals(tx: Queryable, terminals: readonly string[]): Promise<Known["terminals"]> {
  const rows = await tx.query<{ terminal_id: string; store_id: string; pos_stores: string[] | null }>(sql`
    SELECT t.terminal_id, s.store_id, s.pos_stores FROM terminal t JOIN store s ON s.store_id = t.store_id
    WHERE t.terminal_id = ANY(${terminals}::text[])`);
  return new Map(rows.map((row) => [row.terminal_id, { storeId: row.store_id, posStores: row.pos_stores }]));
}

interface ReceiptRow {
  natural_key: string;
  revision: number;
  content_hash: string;
  latest: boolean;
  shard: string;
  tpos: number;
  pos: number;
  terminal_id: string;
  source_revision: number;
  type: string;
  category: Category | null;
  currency: string | null;
  exponent: number | null;
  grand: string | null;
}

/** Of each receipt its latest revision, and those whose content is in the page: seldom more than one row each. */
async function loadReceipts(tx: Queryable, page: readonly ReadEntry[]): Promise<Map<string, KnownReceipt>> {
  const wanted = page.flatMap(({ meaning }) => (meaning.kind === "transaction" ? [meaning.projection] : []));
  if (wanted.length === 0) return new Map();
  const keys = [...new Set(wanted.map((projection) => projection.naturalKey))];
  const rows = await tx.query<ReceiptRow>(sql`
    SELECT t.natural_key, t.revision, encode(t.content_hash, 'hex') AS content_hash, t.latest, t.shard, t.tpos, t.pos,
      t.terminal_id, t.source_revision, t.type, t.category, t.currency, t.exponent, t.grand::text AS grand
    FROM transaction t
    WHERE t.natural_key = ANY(${keys}::text[])
      AND (t.latest OR encode(t.content_hash, 'hex') = ANY(${wanted.map((projection) => projection.contentHash)}::text[]))
    ORDER BY t.natural_key, t.revision`);
  const receipts = new Map<string, KnownReceipt>();
  for (const group of Map.groupBy(rows, (row) => row.natural_key).values()) {
    const latest = group.find((row) => row.latest);
    if (latest === undefined) continue;
    receipts.set(latest.natural_key, {
      latest: latestOf(latest),
      contents: new Map(group.map((row) => [row.content_hash, row.revision])),
    });
  }
  return receipts;
}

const latestOf = (row: ReceiptRow): KnownReceipt["latest"] => ({
  revision: row.revision,
  shard: row.shard,
  tpos: row.tpos,
  pos: row.pos,
  terminal: row.terminal_id,
  sourceRevision: row.source_revision,
  contentHash: row.content_hash,
  type: row.type,
  category: row.category ?? undefined,
  currency: row.currency ?? undefined,
  exponent: row.exponent ?? undefined,
  grand: row.grand ?? undefined,
});

async function loadWaiting(tx: Queryable, shard: string, keys: readonly string[]): Promise<WaitingEntry[]> {
  if (keys.length === 0) return [];
  const rows = await tx.query<{ pos: number; terminal_id: string; natural_key: string; code: string }>(sql`
    SELECT pos, terminal_id, natural_key, code FROM set_aside
    WHERE state = 'open' AND shard = ${shard} AND natural_key = ANY(${keys}::text[]) ORDER BY pos`);
  return rows.map((row) => ({ pos: row.pos, terminal: row.terminal_id, naturalKey: row.natural_key, code: row.code }));
}
