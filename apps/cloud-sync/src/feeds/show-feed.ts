import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { findFeed, type FeedState } from "./feed.ts";
import { countRefusals, listRefusals, type RefusalRow } from "./refusals.ts";
import { feedKindOf } from "./registry.ts";
import type { RunEnd } from "./run-feed.ts";

/** Refused records that are shown at once. */
const REFUSALS_SHOWN = 200;

export interface ShownFeed {
  readonly name: string;
  readonly kind: string;
  readonly state: FeedState;
  readonly reason?: string;
  readonly createdAtMs: number;
  /** By the database's clock; in the past: it is due. */
  readonly nextAtMs: number;
  /** Runs that failed in a row. */
  readonly failures: number;
  readonly lastRun: RunEnd | null;
  /** Living documents that it brought. */
  readonly documents: readonly { readonly collection: string; readonly count: number }[];
  /** When each part was last read whole. */
  readonly parts: readonly { readonly part: string; readonly fullAtMs: number | null; readonly isUnderWay: boolean }[];
  readonly refused: number;
  readonly refusals: readonly RefusalRow[];
  readonly noticesWaiting: number;
  readonly config: Readonly<Record<string, unknown>>;
  /** Names of the fields that are sealed; their values are never shown. */
  readonly sealedFields: readonly string[];
}

/** A feed as it is set up and how it fares. Needs no seal key. Throws `feed.unknown`. */
export async function showFeed(db: Queryable, name: string): Promise<ShownFeed> {
  const { kind, state, reason, createdAtMs } = await findFeed(db, name);
  const [row] = await db.query<{ config: string; next_at_ms: number; failures: number; last_run: string | null; notices: number }>(sql`
    SELECT config, next_at_ms, failures, last_run, (SELECT count(*) FROM feed_notice WHERE feed = ${name}) AS notices
    FROM feed WHERE name = ${name}`);
  const secretFields: readonly string[] = feedKindOf(kind).secretFields;
  const config = JSON.parse(row?.config ?? "{}") as Record<string, unknown>;
  return {
    name,
    kind,
    state,
    ...(reason === undefined ? {} : { reason }),
    createdAtMs,
    nextAtMs: row?.next_at_ms ?? 0,
    failures: row?.failures ?? 0,
    lastRun: JSON.parse(row?.last_run ?? "null") as RunEnd | null,
    documents: await db.query(sql`
      SELECT collection, count(*) AS count FROM feed_document WHERE feed = ${name} GROUP BY collection ORDER BY collection`),
    parts: await db.query(sql`
      SELECT part, full_at_ms AS "fullAtMs", round_kind IS NOT NULL AS "isUnderWay" FROM feed_part WHERE feed = ${name} ORDER BY part`),
    refused: await countRefusals(db, name),
    refusals: await listRefusals(db, name, REFUSALS_SHOWN),
    noticesWaiting: row?.notices ?? 0,
    config: Object.fromEntries(Object.entries(config).filter(([field]) => !secretFields.includes(field))),
    sealedFields: [...secretFields],
  };
}
