import { TillsyncError } from "@tillsync/sync-protocol";
import { connectorOf } from "../connectors/registry.ts";
import type { Database, Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { checkDestination, type CommonConfig, type DestinationFile } from "./destination-file.ts";
import type { Seal } from "./seal.ts";

export type DestinationState = "active" | "paused" | "set-up";

export interface Destination {
  readonly name: string;
  readonly kind: string;
  readonly state: DestinationState;
  readonly reason: string | undefined;
}

interface DestinationRow {
  name: string;
  kind: string;
  state: DestinationState;
  reason: string | null;
}

/** Adds a destination; it starts at the beginning of every shard's log. Throws `destination.exists`, `destination.address-refused`. */
export async function addDestination(db: Database, file: DestinationFile, seal: Seal, nowMs: number): Promise<void> {
  const connector = connectorOf(file.common.kind);
  connector.check(file.own);
  const { secretFields } = connector;
  const isSecret = (name: string): boolean => (secretFields as readonly string[]).includes(name);
  const entries = Object.entries(file.own);
  const plain = { ...file.common, ...Object.fromEntries(entries.filter(([name]) => !isSecret(name))) };
  const secret = JSON.stringify(Object.fromEntries(entries.filter(([name]) => isSecret(name))));
  const { name, kind } = file.common;
  const rows = await db.query(sql`
    INSERT INTO destination (name, kind, config, sealed, created_at_ms, state_at_ms)
    VALUES (${name}, ${kind}, ${JSON.stringify(plain)}, ${seal.seal(secret, name)}, ${nowMs}::bigint, ${nowMs}::bigint)
    ON CONFLICT (name) DO NOTHING RETURNING name`);
  if (rows.length === 0) throw new TillsyncError("destination.exists", name);
}

/** All destinations, by name. There are few: each is set up by a person. */
export async function listDestinations(db: Queryable): Promise<Destination[]> {
  const rows = await db.query<DestinationRow>(sql`SELECT name, kind, state, reason FROM destination ORDER BY name`);
  return rows.map((row) => ({ ...row, reason: row.reason ?? undefined }));
}

/** Throws `destination.unknown`. */
export async function readDestinationState(db: Queryable, name: string): Promise<Destination> {
  const rows = await db.query<DestinationRow>(sql`SELECT name, kind, state, reason FROM destination WHERE name = ${name}`);
  const [row] = rows;
  if (row === undefined) throw new TillsyncError("destination.unknown", name);
  return { ...row, reason: row.reason ?? undefined };
}

/** The whole configuration, secrets opened. Throws `destination.unknown`, `destination.sealed`, `destination.config-invalid`. */
export async function readDestinationConfig(db: Queryable, name: string, seal: Seal): Promise<DestinationFile> {
  const rows = await db.query<{ config: string; sealed: Uint8Array }>(sql`SELECT config, sealed FROM destination WHERE name = ${name}`);
  const [row] = rows;
  if (row === undefined) throw new TillsyncError("destination.unknown", name);
  const secret = JSON.parse(seal.open(row.sealed, name)) as Record<string, unknown>;
  return checkDestination({ ...(JSON.parse(row.config) as Record<string, unknown>), ...secret });
}

/** What a destination wants, without opening its secrets. */
export async function readCommonConfigs(db: Queryable): Promise<Map<string, Pick<CommonConfig, "include">>> {
  const rows = await db.query<{ name: string; config: string }>(sql`SELECT name, config FROM destination`);
  return new Map(rows.map((row) => [row.name, JSON.parse(row.config) as Pick<CommonConfig, "include">]));
}

/** Throws `destination.unknown`. True when the state changed. */
export async function setDestinationState(
  db: Queryable,
  name: string,
  to: { state: DestinationState; reason?: string; only?: DestinationState },
  nowMs: number,
): Promise<boolean> {
  await readDestinationState(db, name);
  const rows = await db.query(sql`
    UPDATE destination SET state = ${to.state}, reason = ${to.reason ?? null}, state_at_ms = ${nowMs}::bigint
    WHERE name = ${name} AND state <> ${to.state} AND (${to.only ?? null}::text IS NULL OR state = ${to.only ?? null}::text)
    RETURNING name`);
  return rows.length > 0;
}
