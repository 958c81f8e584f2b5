import { formatAmount, type Amount } from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { storeCondition } from "../transactions/store-condition.ts";
import { readCommonConfigs, readDestinationState } from "./destination.ts";

/** Where the latest revision of a receipt is, seen from one destination. */
export type Whereabouts = "delivered" | "skipped" | "parked" | "held" | "retrying" | "uncertain" | "pending";

export interface Share {
  readonly count: number;
  /** Decimal text by currency, of those that count as sales. */
  readonly gross: Readonly<Record<string, string>>;
}

export interface DestinationReconciliation {
  readonly destination: string;
  readonly equal: boolean;
  /** What the log holds of the day: latest revisions that the destination wants. */
  readonly log: Share;
  readonly by: Readonly<Partial<Record<Whereabouts, Share>>>;
  /** Receipts that the log has and the destination has not, in the order of the log, at most `DIFFERENCES_MAX`. */
  readonly missing: readonly {
    readonly naturalKey: string;
    readonly revision: number;
    readonly state: Whereabouts;
    readonly grand?: string;
  }[];
  readonly missingMore: boolean;
}

/** Differences listed in full; more than this need another look than a list. */
export const DIFFERENCES_MAX = 1_000;

interface ShareRow {
  state: Whereabouts;
  currency: string | null;
  exponent: number | null;
  count: number;
  gross: string | null;
}

/**
 * Compares the log's latest revisions of a business day with what each destination has, by count and by money.
 * `equal` means: everything arrived. A skipped receipt is a difference that a person decided on, and is listed.
 */
export async function reconcileDay(
  db: Queryable,
  wish: { businessDay: string; store?: string | undefined; destination?: string | undefined },
): Promise<DestinationReconciliation[]> {
  if (wish.destination !== undefined) await readDestinationState(db, wish.destination);
  const configs = await readCommonConfigs(db);
  const names = [...configs.keys()].filter((name) => wish.destination === undefined || name === wish.destination).toSorted();
  const done: DestinationReconciliation[] = [];
  for (const name of names) done.push(await reconcileDestination(db, name, configs.get(name)?.include ?? [], wish));
  return done;
}

async function reconcileDestination(
  db: Queryable,
  destination: string,
  include: readonly string[],
  wish: { businessDay: string; store?: string | undefined },
): Promise<DestinationReconciliation> {
  const whereabouts = sql`
    SELECT t.shard, t.tpos, t.natural_key, t.revision, t.currency, t.exponent, t.grand, t.category = 'sales' AS counts,
      coalesce(r.outcome, d.state, 'pending') AS state
    FROM transaction t
    LEFT JOIN receipt r ON r.destination = ${destination} AND r.shard = t.shard AND r.tpos = t.tpos
    LEFT JOIN delivery d ON d.destination = ${destination} AND d.shard = t.shard AND d.tpos = t.tpos AND d.replay IS NULL
    WHERE t.business_day = ${wish.businessDay} AND t.latest AND ${await storeCondition(db, wish.store)}
      AND (t.category = ANY(${include}::text[]) OR t.previous_category = ANY(${include}::text[]))`;
  const shares = await db.query<ShareRow>(sql`
    SELECT state, currency, exponent, count(*) AS count, sum(grand) FILTER (WHERE counts)::text AS gross
    FROM (${whereabouts}) AS w GROUP BY state, currency, exponent ORDER BY state, currency`);
  const missing = await db.query<{
    natural_key: string;
    revision: number;
    state: Whereabouts;
    grand: string | null;
    exponent: number | null;
  }>(sql`
    SELECT natural_key, revision, state, grand::text AS grand, exponent FROM (${whereabouts}) AS w
    WHERE state <> 'delivered' ORDER BY shard, tpos LIMIT ${DIFFERENCES_MAX + 1}`);
  const by: Partial<Record<Whereabouts, Share>> = {};
  for (const [state, rows] of Map.groupBy(shares, (row) => row.state)) by[state] = shareOf(rows);
  return {
    destination,
    equal: missing.length === 0,
    log: shareOf(shares),
    by,
    missing: missing.slice(0, DIFFERENCES_MAX).map((row) => ({
      naturalKey: row.natural_key,
      revision: row.revision,
      state: row.state,
      ...(row.grand === null || row.exponent === null ? {} : { grand: formatAmount(row.grand as Amount, row.exponent) }),
    })),
    missingMore: missing.length > DIFFERENCES_MAX,
  };
}

function shareOf(rows: readonly ShareRow[]): Share {
  const gross: Record<string, bigint> = {};
  const exponents: Record<string, number> = {};
  for (const { currency, exponent, gross: text } of rows) {
    if (currency === null || exponent === null || text === null) continue;
    gross[currency] = (gross[currency] ?? 0n) + BigInt(text);
    exponents[currency] = exponent;
  }
  return {
    count: rows.reduce((sum, row) => sum + row.count, 0),
    gross: Object.fromEntries(
      Object.entries(gross).map(([currency, value]) => [currency, formatAmount(value.toString() as Amount, exponents[currency] ?? 0)]),
    ),
  };
}
