import type { Price } from "@tillsync/sync-protocol";
import type { Queryable } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import { columnText } from "../write-documents.ts";
import type { CheckedRow } from "./check-row.ts";
import { OPEN_PRICES_MAX } from "./limits.ts";

/** A store's clock is at most this far from UTC. */
const ZONE_MAX_MS = 14 * 60 * 60 * 1000;

/**
 * Rows that would give an item more prices in one scope than a till should have to look through. Ended ones do not count.
 * A bound against runaway feeds: two feeds at once may pass it by one batch.
 */
export async function tooManyPrices(tx: Queryable, rows: readonly CheckedRow[], nowMs: number): Promise<ReadonlySet<CheckedRow>> {
  const ended = new Date(nowMs - ZONE_MAX_MS).toISOString().slice(0, "2026-12-01T00:00".length);
  const open = rows.filter(({ change }) => isOpen(change.fields as Price, ended));
  if (open.length === 0) return new Set();
  const items = [...new Set(open.map((row) => itemOf(row)))];
  const stored = await tx.query<{ item_id: string; scope: string; prices: number }>(sql`
    SELECT item_id, scope, count(*)::int AS prices FROM reference_document
    WHERE item_id = ANY(${items}::text[]) AND (valid_until IS NULL OR valid_until > ${ended})
      AND NOT (collection = 'prices' AND id = ANY(${rows.map((row) => row.change.id)}::text[]))
    GROUP BY item_id, scope`);
  const counts = new Map(stored.map((row) => [`${row.scope} ${row.item_id}`, row.prices]));
  const tooMany = new Set<CheckedRow>();
  const counted = new Set<string>();
  for (const row of open) {
    const key = `${row.change.scope} ${itemOf(row)}`;
    const count = (counts.get(key) ?? 0) + (counted.has(row.change.id) ? 0 : 1);
    if (count > OPEN_PRICES_MAX) tooMany.add(row);
    else counts.set(key, count);
    counted.add(row.change.id);
  }
  return tooMany;
}

const itemOf = ({ change }: CheckedRow): string => columnText((change.fields as Price).itemId);
const isOpen = (price: Price, ended: string): boolean => price.validUntil === undefined || price.validUntil > ended;
