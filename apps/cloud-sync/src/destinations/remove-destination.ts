import { TillsyncError } from "@tillsync/sync-protocol";
import type { Database, Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { auditDestination } from "./audit.ts";
import { findDestination } from "./destination.ts";
import { destinationCursor } from "./destination-name.ts";
import { lockCursors } from "./lock-cursors.ts";
import { destinationsStatus } from "./status.ts";

export interface Removal {
  readonly destination: string;
  /** Deliveries that had not ended and now never will; each exception is on the record. */
  readonly closed: number;
}

/**
 * Removes a destination. Its secrets are wiped; receipts, edits and the record stay, under its key. One that is added
 * later under the same name starts anew, with a key of its own. Throws `destination.unknown`, and without `force`
 * `destination.open-deliveries` while anything that it wants has not ended. What is under way when it is forced may still
 * arrive, and leaves no receipt.
 */
export function removeDestination(
  db: Database,
  wish: { name: string; reason: string; force: boolean; who: string },
  nowMs: number,
): Promise<Removal> {
  const { name, reason, who } = wish;
  return db.transaction(async (tx) => {
    const { key } = await findDestination(tx, name);
    await lockCursors(tx, key);
    await lockLive(tx, key, name);
    // Workers lose their leases: none of them records or sends anything any more.
    await tx.query(sql`
      UPDATE subscriber_cursor SET fence = fence + 1, lease_owner = NULL, lease_until_ms = 0
      WHERE subscriber = ${destinationCursor(key)}`);
    const closed = await countOpen(tx, key, nowMs);
    if (closed.count > 0 && !wish.force) throw new TillsyncError("destination.open-deliveries", closed.text);
    await closeDeliveries(tx, key, { who, reason }, nowMs);
    await tx.query(sql`
      UPDATE destination SET state = 'removed', reason = ${reason}, sealed = ''::bytea, version = version + 1,
        state_at_ms = ${nowMs}::bigint, removed_at_ms = ${nowMs}::bigint
      WHERE name = ${key}`);
    const detail = closed.count === 0 ? undefined : `closed unsent: ${closed.text}`;
    await auditDestination(tx, key, { action: "remove", who, reason, detail }, nowMs);
    return { destination: name, closed: closed.count };
  });
}

/** Of two that remove or change it at once the second finds it gone. */
async function lockLive(tx: Queryable, key: string, name: string): Promise<void> {
  const rows = await tx.query(sql`SELECT name FROM destination WHERE name = ${key} AND removed_at_ms IS NULL FOR NO KEY UPDATE`);
  if (rows.length === 0) throw new TillsyncError("destination.unknown", name);
}

async function countOpen(tx: Queryable, key: string, nowMs: number): Promise<{ count: number; text: string }> {
  const status = (await destinationsStatus(tx, nowMs)).find((one) => one.key === key);
  if (status === undefined) return { count: 0, text: "" };
  const { pending, retrying, uncertain, parked, held } = status;
  const open = Object.entries({ pending, retrying, uncertain, parked, held }).filter(([, count]) => count > 0);
  return {
    count: open.reduce((sum, [, count]) => sum + count, 0),
    text: open.map(([state, count]) => `${count} ${state}`).join(", "),
  };
}

/** Exceptions of the live run and of replays alike: one statement for the record, one to close them. */
async function closeDeliveries(tx: Queryable, key: string, by: { who: string; reason: string }, nowMs: number): Promise<void> {
  await tx.query(sql`
    INSERT INTO delivery_audit (at_ms, action, who, reason, delivery_id, destination, shard, tpos, identity, state_before, code_before)
    SELECT ${nowMs}::bigint, 'remove', ${by.who}, ${by.reason}, id, destination, shard, tpos, identity, state, code
    FROM delivery WHERE destination = ${key} ORDER BY id`);
  await tx.query(sql`DELETE FROM delivery WHERE destination = ${key}`);
  await tx.query(sql`
    UPDATE replay SET state = 'done', done_at_ms = ${nowMs}::bigint WHERE destination = ${key} AND state = 'active'`);
}
