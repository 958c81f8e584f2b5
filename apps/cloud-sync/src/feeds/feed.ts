import { TillsyncError } from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import type { Seal } from "../destinations/seal.ts";
import { checkFeed, type FeedFile } from "./feed-file.ts";
import { feedKindOf } from "./registry.ts";

/** Topic that wakes whoever polls feeds: one was added or changed, a run is wanted, a notice came. */
export const FEEDS_TOPIC = "feeds";

export type FeedState = "active" | "paused" | "set-up";

export interface Feed {
  readonly name: string;
  readonly kind: string;
  readonly state: FeedState;
  readonly reason: string | undefined;
  /** When it was added: another feed of the same name has another. */
  readonly createdAtMs: number;
}

interface FeedRow {
  name: string;
  kind: string;
  state: FeedState;
  reason: string | null;
  created_at_ms: number;
}

const COLUMNS = sql`name, kind, state, reason, created_at_ms`;

const feedOf = ({ name, kind, state, reason, created_at_ms: createdAtMs }: FeedRow): Feed => ({
  name,
  kind,
  state,
  reason: reason ?? undefined,
  createdAtMs,
});

/** Binds sealed bytes to one feed, so that they open for no other and for no destination. */
const contextOf = (name: string, createdAtMs: number): string => `feed:${name}:${createdAtMs}`;

/** Adds a feed; it is read whole at once. Throws `feed.exists`, `destination.address-refused`. */
export async function addFeed(db: Queryable, { common, own }: FeedFile, seal: Seal, nowMs: number): Promise<void> {
  const { name, kind } = common;
  const feedKind = feedKindOf(kind);
  feedKind.check(own);
  const isSecret = ([field]: readonly [string, unknown]): boolean => (feedKind.secretFields as readonly string[]).includes(field);
  const entries = Object.entries(own);
  const config = JSON.stringify({ ...common, ...Object.fromEntries(entries.filter((one) => !isSecret(one))) });
  const secrets = JSON.stringify(Object.fromEntries(entries.filter(isSecret)));
  const rows = await db.query(sql`
    INSERT INTO feed (name, kind, config, sealed, created_at_ms, state_at_ms)
    VALUES (${name}, ${kind}, ${config}, ${seal.seal(secrets, contextOf(name, nowMs))}, ${nowMs}::bigint, ${nowMs}::bigint)
    ON CONFLICT DO NOTHING RETURNING name`);
  if (rows.length === 0) throw new TillsyncError("feed.exists", name);
}

/** All feeds, by name. There are few: each is set up by a person. */
export const listFeeds = async (db: Queryable): Promise<Feed[]> =>
  (await db.query<FeedRow>(sql`SELECT ${COLUMNS} FROM feed ORDER BY name`)).map(feedOf);

/** Throws `feed.unknown`. */
export async function findFeed(db: Queryable, name: string): Promise<Feed> {
  const [row] = await db.query<FeedRow>(sql`SELECT ${COLUMNS} FROM feed WHERE name = ${name}`);
  if (row === undefined) throw new TillsyncError("feed.unknown", name);
  return feedOf(row);
}

/** The whole configuration, secrets opened. Throws `feed.unknown`, `destination.sealed`, `feed.config-invalid`. */
export async function readFeedConfig(db: Queryable, name: string, seal: Seal): Promise<FeedFile> {
  const [row] = await db.query<{ config: string; sealed: Uint8Array; created_at_ms: number }>(sql`
    SELECT config, sealed, created_at_ms FROM feed WHERE name = ${name}`);
  if (row === undefined) throw new TillsyncError("feed.unknown", name);
  const secrets = JSON.parse(seal.open(row.sealed, contextOf(name, row.created_at_ms))) as Record<string, unknown>;
  return checkFeed({ ...(JSON.parse(row.config) as Record<string, unknown>), ...secrets });
}

/** Sets the state; a feed that is set active again is polled at once. Throws `feed.unknown`. */
export async function setFeedState(
  db: Queryable,
  name: string,
  to: { state: FeedState; reason?: string; only?: FeedState },
  nowMs: number,
): Promise<void> {
  await findFeed(db, name);
  await db.query(sql`
    UPDATE feed SET state = ${to.state}, reason = ${to.reason ?? null}, state_at_ms = ${nowMs}::bigint,
      next_at_ms = CASE ${to.state} WHEN 'active' THEN 0 ELSE next_at_ms END, failures = 0
    WHERE name = ${name} AND state <> ${to.state} AND (${to.only ?? null}::text IS NULL OR state = ${to.only ?? null}::text)`);
}

/** Removes a feed with its secrets and its cursor. What it brought stays until someone else says otherwise. Throws `feed.unknown`. */
export async function removeFeed(db: Queryable, name: string): Promise<{ readonly documents: number }> {
  const [row] = await db.query<{ documents: number }>(sql`SELECT count(*) AS documents FROM feed_document WHERE feed = ${name}`);
  const rows = await db.query(sql`DELETE FROM feed WHERE name = ${name} RETURNING name`);
  if (rows.length === 0) throw new TillsyncError("feed.unknown", name);
  return { documents: row?.documents ?? 0 };
}
