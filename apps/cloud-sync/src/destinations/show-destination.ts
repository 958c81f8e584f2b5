import { connectorOf } from "../connectors/registry.ts";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { findDestination, type DestinationState } from "./destination.ts";

export interface ShownDestination {
  readonly name: string;
  readonly key: string;
  readonly kind: string;
  readonly state: DestinationState;
  readonly reason?: string;
  readonly version: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number | null;
  /** How a repeat is kept from having a second effect. */
  readonly repeatability: string;
  readonly capabilities: { readonly lookUp: boolean; readonly needsCause: boolean; readonly categories: readonly string[] };
  /** The file's fields, defaults filled in, without the sealed ones. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Names of the fields that are sealed; their values are never shown. */
  readonly sealedFields: readonly string[];
}

/** A destination as it is set up. Needs no seal key. Throws `destination.unknown`. */
export async function showDestination(db: Queryable, name: string): Promise<ShownDestination> {
  const { key, kind, state, reason, version } = await findDestination(db, name);
  const rows = await db.query<{ config: string; created_at_ms: number; updated_at_ms: number | null }>(sql`
    SELECT config, created_at_ms, updated_at_ms FROM destination WHERE name = ${key}`);
  const { manifest, secretFields } = connectorOf(kind);
  const { lookUp, needsCause, categories } = manifest.capabilities;
  const config = JSON.parse(rows[0]?.config ?? "{}") as Record<string, unknown>;
  return {
    name,
    key,
    kind,
    state,
    ...(reason === undefined ? {} : { reason }),
    version,
    createdAtMs: rows[0]?.created_at_ms ?? 0,
    updatedAtMs: rows[0]?.updated_at_ms ?? null,
    repeatability: manifest.repeatability.by,
    capabilities: { lookUp, needsCause, categories },
    // Stored without secrets; a field that became one in a later version is left out all the same.
    config: Object.fromEntries(Object.entries(config).filter(([field]) => !(secretFields as readonly string[]).includes(field))),
    sealedFields: [...secretFields],
  };
}
