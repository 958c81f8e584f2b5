import { TillsyncError } from "@tillsync/sync-protocol";
import { connectorOf } from "../connectors/registry.ts";
import type { Database, Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { auditDestination } from "./audit.ts";
import { destinationKey } from "./destination-name.ts";
import { checkDestination, type CommonConfig, type DestinationFile } from "./destination-file.ts";
import type { Seal } from "./seal.ts";

export type DestinationState = "active" | "paused" | "set-up";

export interface Destination {
  /** What receipts, cursors, deliveries and totals refer to: given once and never again. */
  readonly key: string;
  /** What people call it: free for another once it is removed. */
  readonly name: string;
  readonly kind: string;
  readonly state: DestinationState;
  readonly reason: string | undefined;
  /** Grows with every change of the configuration. */
  readonly version: number;
}

interface DestinationRow {
  key: string;
  name: string;
  kind: string;
  state: DestinationState;
  reason: string | null;
  version: number;
}

const COLUMNS = sql`name AS key, called AS name, kind, state, reason, version`;

const destinationOf = (row: DestinationRow): Destination => ({ ...row, reason: row.reason ?? undefined });

/** What is stored of a file: its plain fields as JSON, and its secrets as JSON still to be sealed. */
export function splitSecrets(file: DestinationFile): { plain: string; secret: string } {
  const { secretFields } = connectorOf(file.common.kind);
  const isSecret = (name: string): boolean => (secretFields as readonly string[]).includes(name);
  const entries = Object.entries(file.own);
  return {
    plain: JSON.stringify({ ...file.common, ...Object.fromEntries(entries.filter(([name]) => !isSecret(name))) }),
    secret: JSON.stringify(Object.fromEntries(entries.filter(([name]) => isSecret(name)))),
  };
}

/**
 * Adds a destination; it starts at the beginning of every shard's log, also where one of the same name was removed before.
 * `who` goes on the record; a program that sets up destinations of its own leaves none. Throws `destination.exists`, `destination.address-refused`.
 */
export async function addDestination(db: Database, file: DestinationFile, seal: Seal, nowMs: number, who?: string): Promise<void> {
  connectorOf(file.common.kind).check(file.own);
  const { plain, secret } = splitSecrets(file);
  const { name, kind } = file.common;
  await db.transaction(async (tx) => {
    const earlier = await tx.query<{ removed: boolean }>(sql`
      SELECT removed_at_ms IS NOT NULL AS removed FROM destination WHERE called = ${name}`);
    if (earlier.some((row) => !row.removed)) throw new TillsyncError("destination.exists", name);
    const key = destinationKey(name, earlier.length + 1);
    const rows = await tx.query(sql`
      INSERT INTO destination (name, kind, config, sealed, created_at_ms, state_at_ms)
      VALUES (${key}, ${kind}, ${plain}, ${seal.seal(secret, key)}, ${nowMs}::bigint, ${nowMs}::bigint)
      ON CONFLICT DO NOTHING RETURNING name`);
    if (rows.length === 0) throw new TillsyncError("destination.exists", name);
    if (who !== undefined) await auditDestination(tx, key, { action: "add", who }, nowMs);
  });
}

/** All destinations, by name, without the removed. There are few: each is set up by a person. */
export async function listDestinations(db: Queryable): Promise<Destination[]> {
  const rows = await db.query<DestinationRow>(sql`SELECT ${COLUMNS} FROM destination WHERE removed_at_ms IS NULL ORDER BY called`);
  return rows.map(destinationOf);
}

/** The destination that people call so. Throws `destination.unknown`. */
export async function findDestination(db: Queryable, name: string): Promise<Destination> {
  const rows = await db.query<DestinationRow>(sql`SELECT ${COLUMNS} FROM destination WHERE called = ${name} AND removed_at_ms IS NULL`);
  const [row] = rows;
  if (row === undefined) throw new TillsyncError("destination.unknown", name);
  return destinationOf(row);
}

/** By key. Throws `destination.unknown`, also for one that was removed. */
export async function readDestinationState(db: Queryable, key: string): Promise<Destination> {
  const rows = await db.query<DestinationRow>(sql`SELECT ${COLUMNS} FROM destination WHERE name = ${key} AND removed_at_ms IS NULL`);
  const [row] = rows;
  if (row === undefined) throw new TillsyncError("destination.unknown", key);
  return destinationOf(row);
}

/** The whole configuration, secrets opened. Throws `destination.unknown`, `destination.sealed`, `destination.config-invalid`. */
export async function readDestinationConfig(db: Queryable, key: string, seal: Seal): Promise<DestinationFile> {
  const rows = await db.query<{ config: string; sealed: Uint8Array }>(sql`
    SELECT config, sealed FROM destination WHERE name = ${key} AND removed_at_ms IS NULL`);
  const [row] = rows;
  if (row === undefined) throw new TillsyncError("destination.unknown", key);
  const secret = JSON.parse(seal.open(row.sealed, key)) as Record<string, unknown>;
  return checkDestination({ ...(JSON.parse(row.config) as Record<string, unknown>), ...secret });
}

/** What each destination wants, by key, without opening its secrets. */
export async function readCommonConfigs(db: Queryable): Promise<Map<string, Pick<CommonConfig, "include">>> {
  const rows = await db.query<{ name: string; config: string }>(sql`SELECT name, config FROM destination WHERE removed_at_ms IS NULL`);
  return new Map(rows.map((row) => [row.name, JSON.parse(row.config) as Pick<CommonConfig, "include">]));
}

/** By key. Throws `destination.unknown`. True when the state changed. */
export async function setDestinationState(
  db: Queryable,
  key: string,
  to: { state: DestinationState; reason?: string; only?: DestinationState },
  nowMs: number,
): Promise<boolean> {
  await readDestinationState(db, key);
  const rows = await db.query(sql`
    UPDATE destination SET state = ${to.state}, reason = ${to.reason ?? null}, state_at_ms = ${nowMs}::bigint
    WHERE name = ${key} AND removed_at_ms IS NULL AND state <> ${to.state}
      AND (${to.only ?? null}::text IS NULL OR state = ${to.only ?? null}::text)
    RETURNING name`);
  return rows.length > 0;
}
