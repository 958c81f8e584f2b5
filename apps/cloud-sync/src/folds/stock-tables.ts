import type { Decimal, HlcText, StockMovement, StoreId } from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { NO_FOLD, type StockBase, type StockFold } from "./stock-base.ts";

/** One item in one store. */
export interface ItemAt {
  readonly store: StoreId;
  readonly item: string;
}
export const itemName = ({ store, item }: ItemAt): string => `${store}:${item}`;

export interface LoggedMovement extends ItemAt {
  readonly shard: string;
  readonly tpos: number;
  readonly movement: StockMovement;
}

const pairsOf = (items: readonly ItemAt[]): string => JSON.stringify(items.map(({ store, item }) => ({ s: store, i: item })));

/** What is kept of the items; of those that are new, nothing. The items' documents are locked. */
export async function loadFolds(tx: Queryable, items: readonly ItemAt[]): Promise<Map<string, StockFold>> {
  const rows = await tx.query<ItemAt & { base: StockBase | null; sums: StockFold["sums"]; included: StockFold["included"] }>(sql`
    SELECT store_id AS store, item_id AS item, base, sums, included FROM stock_fold
    JOIN json_to_recordset(${pairsOf(items)}::json) AS r (s text, i text) ON store_id = s AND item_id = i`);
  const known = new Map(rows.map(({ base, sums, included, ...of }) => [itemName(of), { base: base ?? undefined, sums, included }]));
  return new Map(items.map((of) => [itemName(of), known.get(itemName(of)) ?? NO_FOLD]));
}

export async function storeFolds(tx: Queryable, folds: readonly (ItemAt & { readonly fold: StockFold })[]): Promise<void> {
  if (folds.length === 0) return;
  const rows = folds.map(({ store, item, fold: { base, sums, included } }) => ({
    s: store,
    i: item,
    b: base ?? null,
    m: sums,
    n: included,
  }));
  await tx.query(sql`
    INSERT INTO stock_fold (store_id, item_id, base, sums, included)
    SELECT s, i, nullif(b::text, 'null')::json, m, n FROM json_to_recordset(${JSON.stringify(rows)}::json) AS r (s text, i text, b json, m json, n json)
    ON CONFLICT (store_id, item_id) DO UPDATE SET base = EXCLUDED.base, sums = EXCLUDED.sums, included = EXCLUDED.included`);
}

/** Writes movements and gives those that were not there before. */
export async function storeMovements(tx: Queryable, movements: readonly LoggedMovement[]): Promise<LoggedMovement[]> {
  if (movements.length === 0) return [];
  const rows = movements.map(({ store, item, shard, tpos, movement }) => ({
    s: store,
    i: item,
    h: shard,
    p: tpos,
    u: movement.uom,
    t: movement.hlc,
    d: movement.terminal,
    e: movement.epoch,
    q: movement.seq,
    n: movement.delta,
  }));
  const added = await tx.query<{ store: string; item: string; shard: string; tpos: number; uom: string }>(sql`
    INSERT INTO stock_movement (store_id, item_id, shard, tpos, uom, hlc, terminal_id, epoch, seq, delta)
    SELECT s, i, h, p, u, t, d, e, q, n::numeric FROM json_to_recordset(${JSON.stringify(rows)}::json)
      AS r (s text, i text, h text, p bigint, u text, t text, d text, e int, q bigint, n text)
    ON CONFLICT DO NOTHING RETURNING store_id AS store, item_id AS item, shard, tpos, uom`);
  const names = new Set(added.map((row) => JSON.stringify([row.store, row.item, row.shard, row.tpos, row.uom])));
  return movements.filter(({ store, item, shard, tpos, movement }) => names.has(JSON.stringify([store, item, shard, tpos, movement.uom])));
}

/** An item that stands on another base now. */
export interface Rebased extends ItemAt {
  readonly base: StockBase;
}

/** Takes out what the bases have in them, and adds up the rest, for all these items at once. */
export async function sumUpon(tx: Queryable, items: readonly Rebased[]): Promise<Map<string, StockFold["sums"]>> {
  if (items.length === 0) return new Map();
  const bases = JSON.stringify(items.map(({ store, item, base }) => ({ s: store, i: item, c: base.countedAt ?? "" })));
  const included = items.flatMap(({ store, item, base }) =>
    Object.entries(base.included ?? {}).map(([terminal, { epoch, seq }]) => ({ s: store, i: item, t: terminal, e: epoch, q: seq })),
  );
  await tx.query(sql`
    DELETE FROM stock_movement m USING json_to_recordset(${bases}::json) AS b (s text, i text, c text)
    WHERE m.store_id = s AND m.item_id = i AND m.hlc <= c COLLATE "C"`);
  if (included.length > 0)
    await tx.query(sql`
      DELETE FROM stock_movement m
      USING json_to_recordset(${JSON.stringify(included)}::json) AS b (s text, i text, t text, e int, q bigint)
      WHERE m.store_id = s AND m.item_id = i AND m.terminal_id = t AND (m.epoch, m.seq) <= (e, q)`);
  const rows = await tx.query<ItemAt & { uom: string; sum: string; first: HlcText }>(sql`
    SELECT store_id AS store, item_id AS item, uom, trim_scale(sum(delta))::text AS sum, min(hlc) AS first
    FROM stock_movement JOIN json_to_recordset(${bases}::json) AS b (s text, i text) ON store_id = s AND item_id = i
    GROUP BY store_id, item_id, uom`);
  const sums = new Map(items.map((of): [string, Record<string, StockFold["sums"][string]>] => [itemName(of), {}]));
  for (const { uom, sum, first, ...of } of rows) {
    const own = sums.get(itemName(of));
    if (own !== undefined) own[uom] = { sum: sum as Decimal, first };
  }
  return sums;
}
