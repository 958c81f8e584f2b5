import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";

/** What a person can do to a delivery or a destination; each leaves a record with who and when. */
export type AuditAction = "retry" | "skip" | "edit" | "release" | "add" | "update" | "pause" | "resume" | "replay" | "remove";

export interface Deed {
  readonly action: AuditAction;
  readonly who: string;
  readonly reason?: string | undefined;
  /** Which fields, how many; no secret, no content of a receipt. */
  readonly detail?: string | undefined;
}

export interface AuditRow {
  readonly id: number;
  readonly atMs: number;
  readonly action: AuditAction;
  readonly who: string;
  readonly reason: string | null;
  readonly detail: string | null;
  readonly destination: string;
  readonly deliveryId: number | null;
  readonly shard: string | null;
  readonly tpos: number | null;
  readonly identity: string | null;
  readonly stateBefore: string | null;
  readonly codeBefore: string | null;
}

/** Rows of one page of the record. */
export const AUDIT_ROWS_MAX = 1_000;

/** Notes what is done to the deliveries named, before it is done: their states are taken down as they are. */
export async function auditDeliveries(tx: Queryable, ids: readonly number[], deed: Deed, nowMs: number): Promise<void> {
  await tx.query(sql`
    INSERT INTO delivery_audit (at_ms, action, who, reason, detail, delivery_id, destination, shard, tpos, identity, state_before, code_before)
    SELECT ${nowMs}::bigint, ${deed.action}, ${deed.who}, ${deed.reason ?? null}, ${deed.detail ?? null}, id, destination, shard, tpos, identity,
      state, code
    FROM delivery WHERE id = ANY(${ids}::bigint[]) ORDER BY id`);
}

/** Notes what is done to a destination as a whole. */
export async function auditDestination(tx: Queryable, key: string, deed: Deed, nowMs: number): Promise<void> {
  await tx.query(sql`
    INSERT INTO delivery_audit (at_ms, action, who, reason, detail, destination)
    VALUES (${nowMs}::bigint, ${deed.action}, ${deed.who}, ${deed.reason ?? null}, ${deed.detail ?? null}, ${key})`);
}

/** The record, oldest first, a page at a time. A destination's name stands for all that ever bore it. */
export function listAudit(
  db: Queryable,
  wish: { destination?: string | undefined; identity?: string | undefined; after: number; limit: number },
): Promise<AuditRow[]> {
  const { destination = null, identity = null } = wish;
  return db.query<AuditRow>(sql`
    SELECT id, at_ms AS "atMs", action, who, reason, detail, destination, delivery_id AS "deliveryId", shard, tpos, identity,
      state_before AS "stateBefore", code_before AS "codeBefore"
    FROM delivery_audit
    WHERE id > ${wish.after}::bigint
      AND (${destination}::text IS NULL OR destination = ${destination}::text
        OR destination IN (SELECT name FROM destination WHERE called = ${destination}::text))
      AND (${identity}::text IS NULL OR identity = ${identity}::text)
    ORDER BY id LIMIT ${Math.min(wish.limit, AUDIT_ROWS_MAX)}`);
}
