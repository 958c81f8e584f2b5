import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { listDestinations, readCommonConfigs, type Destination } from "./destination.ts";
import { deliveredTotal, destinationCursor, skippedTotal } from "./destination-name.ts";
import { isWanted } from "./include.ts";

export interface DestinationStatus {
  readonly name: string;
  readonly kind: string;
  readonly state: Destination["state"];
  readonly reason?: string;
  readonly delivered: number;
  readonly skipped: number;
  /** Wanted, and neither arrived nor an exception yet. */
  readonly pending: number;
  readonly retrying: number;
  readonly uncertain: number;
  readonly parked: number;
  readonly held: number;
  /** Since the cloud received the oldest item that has not arrived and is not parked; null when there is none. */
  readonly oldestPendingAgeMs: number | null;
}

type Counts = Readonly<Record<"retrying" | "uncertain" | "parked" | "held", number>>;

/** Each destination in figures: from running totals and the exceptions, never from the whole log. */
export async function destinationsStatus(db: Queryable, nowMs: number = Date.now()): Promise<DestinationStatus[]> {
  const totals = await db.query<{ name: string; value: string }>(
    sql`SELECT name, sum(value)::text AS value FROM running_total GROUP BY name`,
  );
  const values = new Map(totals.map((row) => [row.name, Number(row.value)]));
  const configs = await readCommonConfigs(db);
  const status: DestinationStatus[] = [];
  for (const destination of await listDestinations(db)) {
    const include = configs.get(destination.name)?.include ?? [];
    const counts = await countExceptions(db, destination.name);
    const delivered = values.get(deliveredTotal(destination.name)) ?? 0;
    const skipped = values.get(skippedTotal(destination.name)) ?? 0;
    const wanted = [...values].reduce((sum, [name, value]) => (isItems(name, include) ? sum + value : sum), 0);
    const pending = wanted - delivered - skipped - counts.retrying - counts.uncertain - counts.parked - counts.held;
    status.push({
      name: destination.name,
      kind: destination.kind,
      state: destination.state,
      ...(destination.reason === undefined ? {} : { reason: destination.reason }),
      delivered,
      skipped,
      pending,
      ...counts,
      oldestPendingAgeMs: await oldestAge(db, destination.name, include, nowMs),
    });
  }
  return status;
}

function isItems(name: string, include: readonly string[]): boolean {
  const [kind, category = "", previous = ""] = name.split(":");
  return kind === "items" && isWanted(include as never, category, previous);
}

async function countExceptions(db: Queryable, destination: string): Promise<Counts> {
  const rows = await db.query<{ state: keyof Counts; count: number }>(sql`
    SELECT state, count(*) AS count FROM delivery WHERE destination = ${destination} AND replay IS NULL GROUP BY state`);
  const counts = { retrying: 0, uncertain: 0, parked: 0, held: 0 };
  for (const row of rows) counts[row.state] = row.count;
  return counts;
}

/** The first wanted item past each shard's cursor without a receipt, or the oldest exception that still moves. */
async function oldestAge(db: Queryable, destination: string, include: readonly string[], nowMs: number): Promise<number | null> {
  const rows = await db.query<{ at_ms: number | null }>(sql`
    SELECT min(at_ms) AS at_ms FROM (
      SELECT (SELECT t.received_at_ms FROM transaction t
        WHERE t.shard = s.shard AND t.tpos > coalesce(c.pos, 0)
          AND (t.category = ANY(${include}::text[]) OR t.previous_category = ANY(${include}::text[]))
          AND NOT EXISTS (SELECT 1 FROM receipt r WHERE r.destination = ${destination} AND r.shard = t.shard AND r.tpos = t.tpos)
        ORDER BY t.tpos LIMIT 1) AS at_ms
      FROM shard s LEFT JOIN subscriber_cursor c ON c.shard = s.shard AND c.subscriber = ${destinationCursor(destination)}
      UNION ALL
      SELECT min(t.received_at_ms) FROM delivery d JOIN transaction t ON t.shard = d.shard AND t.tpos = d.tpos
      WHERE d.destination = ${destination} AND d.replay IS NULL AND d.state IN ('retrying', 'uncertain')
    ) AS oldest`);
  const at = rows[0]?.at_ms;
  return at === null || at === undefined ? null : Math.max(0, nowMs - at);
}
