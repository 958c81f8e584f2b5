import { TillsyncError } from "@tillsync/sync-protocol";
import { connectorOf } from "../connectors/registry.ts";
import type { Database, Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { auditDestination } from "./audit.ts";
import { findDestination, splitSecrets, type Destination } from "./destination.ts";
import { checkDestination } from "./destination-file.ts";
import { lockCursors } from "./lock-cursors.ts";
import { retryMapped } from "./retry-mapped.ts";
import type { Seal } from "./seal.ts";

export interface UpdateDone {
  readonly destination: string;
  /** Names of the fields that are other than before; of secrets, those that the file gave. */
  readonly changed: readonly string[];
  /** Deliveries that waited for the mapping and are tried again. */
  readonly retried: number;
  /** Sent to the old address without an answer; looked up or repeated at the new one. */
  readonly uncertain: number;
}

interface StoredRow {
  config: string;
  sealed: Uint8Array;
}

/**
 * Gives a destination another configuration under the same name and kind. Secret fields that `fields` leaves out keep
 * their value; those that are `null` are given up. Running processes take it over by themselves; what is under way ends where it was sent. Everything not
 * delivered yet, pending and exceptions alike, goes by the new configuration under the same identities. A destination that
 * stood still for its set-up goes on. Throws `destination.unknown`, `destination.config-invalid`, `destination.sealed`,
 * `destination.address-refused`, `destination.update-refused`.
 */
export function updateDestination(
  db: Database,
  fields: Readonly<Record<string, unknown>>,
  seal: Seal,
  by: { who: string; nowMs: number },
): Promise<UpdateDone> {
  return db.transaction(async (tx) => {
    const destination = await findDestination(tx, nameIn(fields));
    await lockCursors(tx, destination.key);
    const stored = await lockStored(tx, destination.key);
    if (fields["kind"] !== undefined && fields["kind"] !== destination.kind)
      throw new TillsyncError("destination.update-refused", `kind: is ${destination.kind}`);
    const { secretFields } = connectorOf(destination.kind);
    const kept = secretFields.some((name) => !Object.hasOwn(fields, name)) ? openSecrets(seal, stored, destination.key) : {};
    const file = checkDestination(withoutEmptied({ ...kept, ...fields }, secretFields));
    const before = JSON.parse(stored.config) as Record<string, unknown>;
    refuseOtherInclude(before, file.common.include);
    connectorOf(destination.kind).check(file.own);
    const { plain, secret } = splitSecrets(file);
    const given = secretFields.filter((name) => Object.hasOwn(fields, name));
    const changed = [...changedFields(before, JSON.parse(plain) as Record<string, unknown>), ...given];
    await tx.query(sql`
      UPDATE destination SET config = ${plain}, sealed = ${seal.seal(secret, destination.key)}, version = version + 1,
        updated_at_ms = ${by.nowMs}::bigint, state = CASE state WHEN 'set-up' THEN 'active' ELSE state END,
        reason = CASE state WHEN 'set-up' THEN NULL ELSE reason END
      WHERE name = ${destination.key}`);
    await auditDestination(tx, destination.key, { action: "update", who: by.who, detail: changed.join(", ") }, by.nowMs);
    return { destination: destination.name, changed, ...(await wakeWaiting(tx, destination, changed, by.nowMs)) };
  });
}

/** A secret field that is `null` is given up: what is sealed would otherwise stay. */
const withoutEmptied = (fields: Readonly<Record<string, unknown>>, secretFields: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([name, value]) => value !== null || !secretFields.includes(name)));

async function wakeWaiting(tx: Queryable, { key }: Destination, changed: readonly string[], nowMs: number) {
  const retried = changed.length > 0 ? await retryMapped(tx, key, nowMs) : 0;
  const rows = await tx.query<{ count: number }>(sql`
    SELECT count(*) AS count FROM delivery WHERE destination = ${key} AND state = 'uncertain'`);
  return { retried, uncertain: rows[0]?.count ?? 0 };
}

function nameIn(fields: Readonly<Record<string, unknown>>): string {
  const { name } = fields;
  if (typeof name !== "string") throw new TillsyncError("destination.config-invalid", "name: which destination is meant");
  return name;
}

async function lockStored(tx: Queryable, key: string): Promise<StoredRow> {
  const rows = await tx.query<StoredRow>(sql`SELECT config, sealed FROM destination
    WHERE name = ${key} AND removed_at_ms IS NULL FOR NO KEY UPDATE`);
  const [row] = rows;
  if (row === undefined) throw new TillsyncError("destination.unknown", key);
  return row;
}

const openSecrets = (seal: Seal, row: StoredRow, key: string): Record<string, unknown> =>
  JSON.parse(seal.open(row.sealed, key)) as Record<string, unknown>;

/** What a destination wants decides what of the past is still to come; a second destination has a past of its own. */
function refuseOtherInclude(before: Readonly<Record<string, unknown>>, include: readonly string[]): void {
  const had = before["include"] as readonly string[];
  if (had.toSorted().join() !== include.toSorted().join())
    throw new TillsyncError("destination.update-refused", `include: is ${had.join(", ")}`);
}

function changedFields(before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name])).toSorted();
}
