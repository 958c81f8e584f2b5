import { formatAmount, type Amount } from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import { sql, type Sql } from "../db/sql.ts";
import { storeCondition } from "../transactions/store-condition.ts";
import { findDestination, listDestinations, readCommonConfigs, type Destination } from "./destination.ts";

/** Where the latest revision of a receipt is, seen from one destination. `delivered` is what the destination acknowledged. */
export type Whereabouts = "delivered" | "nothing" | "skipped" | "parked" | "held" | "retrying" | "uncertain" | "pending";

export interface Share {
  readonly count: number;
  /** Decimal text by currency, of those that count as sales. */
  readonly gross: Readonly<Record<string, string>>;
}

/** One store's day, or all stores' together. */
export interface Shares {
  /** What the log holds of the day: latest revisions that the destination wants. */
  readonly log: Share;
  /** The same receipts by where they are; shares add up to `log`. States without a receipt are left out. */
  readonly by: Readonly<Partial<Record<Whereabouts, Share>>>;
}

export interface DestinationReconciliation extends Shares {
  readonly destination: string;
  readonly equal: boolean;
  /** By the cloud's name of the store. */
  readonly stores: readonly (Shares & { readonly store: string })[];
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

export interface ReconcileWish {
  readonly businessDay: string;
  readonly store?: string | undefined;
  /** Name of one destination; undefined: all. */
  readonly destination?: string | undefined;
}

/**
 * Compares the log's latest revisions of a business day with what each destination acknowledged, by count and by money.
 * `equal` means: everything arrived, or holds nothing for it. A skipped receipt is a difference that a person decided on,
 * and is listed. Sums are the database's: a day costs the same memory whatever its size.
 */
export async function reconcileDay(db: Queryable, wish: ReconcileWish): Promise<DestinationReconciliation[]> {
  const done: DestinationReconciliation[] = [];
  const configs = await readCommonConfigs(db);
  for (const { key, name } of await chosenDestinations(db, wish.destination))
    done.push(await reconcileDestination(db, { key, name, include: configs.get(key)?.include ?? [] }, wish));
  return done;
}

/** One by name, or all. Throws `destination.unknown`. */
export const chosenDestinations = async (db: Queryable, name: string | undefined): Promise<readonly Destination[]> =>
  name === undefined ? listDestinations(db) : [await findDestination(db, name)];

/** Where the latest revisions of a day are, a row each: `t.*` of the log, `state`, and `counts` for those that are money. */
export async function whereaboutsOf(
  db: Queryable,
  of: { readonly key: string; readonly include: readonly string[] },
  wish: Pick<ReconcileWish, "businessDay" | "store">,
): Promise<Sql> {
  return sql`
    SELECT t.*, t.category = 'sales' AS counts, coalesce(r.outcome, d.state, 'pending') AS state
    FROM transaction t
    LEFT JOIN receipt r ON r.destination = ${of.key} AND r.shard = t.shard AND r.tpos = t.tpos
    LEFT JOIN delivery d ON d.destination = ${of.key} AND d.shard = t.shard AND d.tpos = t.tpos AND d.replay IS NULL
    WHERE t.business_day = ${wish.businessDay} AND t.latest AND ${await storeCondition(db, wish.store)}
      AND (t.category = ANY(${of.include}::text[]) OR t.previous_category = ANY(${of.include}::text[]))`;
}

interface ShareRow {
  store_id: string;
  state: Whereabouts;
  currency: string | null;
  exponent: number | null;
  count: number;
  gross: string | null;
}

interface MissingRow {
  natural_key: string;
  revision: number;
  state: Whereabouts;
  grand: string | null;
  exponent: number | null;
}

async function reconcileDestination(
  db: Queryable,
  of: { readonly key: string; readonly name: string; readonly include: readonly string[] },
  wish: ReconcileWish,
): Promise<DestinationReconciliation> {
  const whereabouts = await whereaboutsOf(db, of, wish);
  const rows = await db.query<ShareRow>(sql`
    SELECT store_id, state, currency, exponent, count(*) AS count, sum(grand) FILTER (WHERE counts)::text AS gross
    FROM (${whereabouts}) AS w GROUP BY store_id, state, currency, exponent ORDER BY store_id, state, currency`);
  const missing = await db.query<MissingRow>(sql`
    SELECT natural_key, revision, state, grand::text AS grand, exponent FROM (${whereabouts}) AS w
    WHERE state NOT IN ('delivered', 'nothing') ORDER BY shard, tpos LIMIT ${DIFFERENCES_MAX + 1}`);
  return {
    destination: of.name,
    equal: missing.length === 0,
    ...sharesOf(rows),
    stores: [...Map.groupBy(rows, (row) => row.store_id)].map(([store, own]) => ({ store, ...sharesOf(own) })),
    missing: missing.slice(0, DIFFERENCES_MAX).map((row) => ({
      naturalKey: row.natural_key,
      revision: row.revision,
      state: row.state,
      ...(row.grand === null || row.exponent === null ? {} : { grand: formatAmount(row.grand as Amount, row.exponent) }),
    })),
    missingMore: missing.length > DIFFERENCES_MAX,
  };
}

function sharesOf(rows: readonly ShareRow[]): Shares {
  const by: Partial<Record<Whereabouts, Share>> = {};
  for (const [state, own] of Map.groupBy(rows, (row) => row.state)) by[state] = shareOf(own);
  return { log: shareOf(rows), by };
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
