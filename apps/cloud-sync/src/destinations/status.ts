import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { listDestinations, readCommonConfigs, type Destination } from "./destination.ts";
import { deliveredTotal, destinationCursor, skippedTotal } from "./destination-name.ts";
import { isWanted } from "./include.ts";

export interface DestinationStatus {
  readonly name: string;
  /** What its receipts refer to. */
  readonly key: string;
  readonly kind: string;
  readonly state: Destination["state"];
  /** Why it stands still, for `set-up`. */
  readonly reason?: string;
  readonly delivered: number;
  readonly skipped: number;
  /** Wanted, and neither arrived nor an exception yet. */
  readonly pending: number;
  readonly retrying: number;
  readonly uncertain: number;
  readonly parked: number;
  readonly held: number;
  /** Of those held: what waits for a code of the mapping, and what waits for the receipt or member that it is about. */
  readonly heldFor: { readonly mapping: number; readonly cause: number };
  /** Since the cloud received the oldest item that has not arrived and is not parked; null when there is none. */
  readonly oldestPendingAgeMs: number | null;
  /** The exception of the oldest receipt, parked ones among them; null when there is none. */
  readonly oldest: OldestException | null;
}

export interface OldestException {
  readonly id: number;
  readonly naturalKey: string;
  readonly state: "retrying" | "uncertain" | "parked" | "held";
  readonly code: string | null;
  readonly ageMs: number;
}

interface Counts {
  retrying: number;
  uncertain: number;
  parked: number;
  held: number;
  heldFor: { mapping: number; cause: number };
}

/** Each destination in figures: from running totals and the exceptions, never from the whole log. */
export async function destinationsStatus(db: Queryable, nowMs: number = Date.now()): Promise<DestinationStatus[]> {
  const totals = await db.query<{ name: string; value: string }>(
    sql`SELECT name, sum(value)::text AS value FROM running_total GROUP BY name`,
  );
  const values = new Map(totals.map((row) => [row.name, Number(row.value)]));
  const configs = await readCommonConfigs(db);
  const status: DestinationStatus[] = [];
  for (const { key, name, kind, state, reason } of await listDestinations(db)) {
    const include = configs.get(key)?.include ?? [];
    const counts = await countExceptions(db, key);
    const delivered = values.get(deliveredTotal(key)) ?? 0;
    const skipped = values.get(skippedTotal(key)) ?? 0;
    const wanted = [...values].reduce((sum, [total, value]) => (isItems(total, include) ? sum + value : sum), 0);
    const pending = wanted - delivered - skipped - counts.retrying - counts.uncertain - counts.parked - counts.held;
    status.push({
      name,
      key,
      kind,
      state,
      ...(reason === undefined ? {} : { reason }),
      delivered,
      skipped,
      pending,
      ...counts,
      oldestPendingAgeMs: await oldestAge(db, key, include, nowMs),
      oldest: await oldestException(db, key, nowMs),
    });
  }
  return status;
}

function isItems(name: string, include: readonly string[]): boolean {
  const [kind, category = "", previous = ""] = name.split(":");
  return kind === "items" && isWanted(include as never, category, previous);
}

async function countExceptions(db: Queryable, key: string): Promise<Counts> {
  const rows = await db.query<{ state: "retrying" | "uncertain" | "parked" | "held"; code: string | null; count: number }>(sql`
    SELECT state, CASE state WHEN 'held' THEN code END AS code, count(*) AS count FROM delivery
    WHERE destination = ${key} AND replay IS NULL GROUP BY 1, 2`);
  const counts: Counts = { retrying: 0, uncertain: 0, parked: 0, held: 0, heldFor: { mapping: 0, cause: 0 } };
  for (const row of rows) {
    counts[row.state] += row.count;
    if (row.code === "delivery.mapping-missing") counts.heldFor.mapping += row.count;
    if (row.code === "delivery.cause-missing") counts.heldFor.cause += row.count;
  }
  return counts;
}

/** The first wanted item past each shard's cursor without a receipt, or the oldest exception that still moves. */
async function oldestAge(db: Queryable, key: string, include: readonly string[], nowMs: number): Promise<number | null> {
  const rows = await db.query<{ at_ms: number | null }>(sql`
    SELECT min(at_ms) AS at_ms FROM (
      SELECT (SELECT t.received_at_ms FROM transaction t
        WHERE t.shard = s.shard AND t.tpos > coalesce(c.pos, 0)
          AND (t.category = ANY(${include}::text[]) OR t.previous_category = ANY(${include}::text[]))
          AND NOT EXISTS (SELECT 1 FROM receipt r WHERE r.destination = ${key} AND r.shard = t.shard AND r.tpos = t.tpos)
        ORDER BY t.tpos LIMIT 1) AS at_ms
      FROM shard s LEFT JOIN subscriber_cursor c ON c.shard = s.shard AND c.subscriber = ${destinationCursor(key)}
      UNION ALL
      SELECT min(t.received_at_ms) FROM delivery d JOIN transaction t ON t.shard = d.shard AND t.tpos = d.tpos
      WHERE d.destination = ${key} AND d.replay IS NULL AND d.state IN ('retrying', 'uncertain')
    ) AS oldest`);
  const at = rows[0]?.at_ms;
  return at === null || at === undefined ? null : Math.max(0, nowMs - at);
}

async function oldestException(db: Queryable, key: string, nowMs: number): Promise<OldestException | null> {
  const rows = await db.query<Omit<OldestException, "ageMs"> & { atMs: number }>(sql`
    SELECT d.id, d.natural_key AS "naturalKey", d.state, d.code, t.received_at_ms AS "atMs"
    FROM delivery d JOIN transaction t ON t.shard = d.shard AND t.tpos = d.tpos
    WHERE d.destination = ${key} AND d.replay IS NULL ORDER BY t.received_at_ms, d.id LIMIT 1`);
  const [row] = rows;
  if (row === undefined) return null;
  const { atMs, ...rest } = row;
  return { ...rest, ageMs: Math.max(0, nowMs - atMs) };
}
