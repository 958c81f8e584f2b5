import type { Transaction } from "@tillsync/sync-protocol";
import type { Mapped } from "../connectors/connector.ts";
import { connectorOf } from "../connectors/registry.ts";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { AUDIT_ROWS_MAX, listAudit, type AuditRow } from "./audit.ts";
import { findDelivery, type Delivery } from "./deliveries.ts";
import { readDestinationConfig } from "./destination.ts";
import { mapSafely } from "./dry-run.ts";
import { withEdits } from "./edits.ts";
import { loadItems } from "./load-items.ts";
import { readLogRowsAt } from "./log-row.ts";
import type { Seal } from "./seal.ts";

export interface EditRow {
  readonly atMs: number;
  readonly who: string;
  readonly reason: string;
  /** SHA-256 of the canonical JSON, hex. */
  readonly originalHash: string;
  readonly editedHash: string;
}

export interface ShownDelivery {
  readonly delivery: Delivery;
  /** As it goes to this destination, edits included; null for an entry that cannot be read. */
  readonly transaction: Transaction | null;
  readonly edits: readonly EditRow[];
  /** What would be sent now; `sealed` when no seal key was given. */
  readonly wouldSend: Mapped | { readonly kind: "sealed" };
  /** Deliveries of the same key that wait behind it. */
  readonly behind: number;
  readonly audit: readonly AuditRow[];
}

/** Everything about one exception. Without `seal` it is not mapped. Throws `delivery.unknown`, `destination.sealed`. */
export async function showDelivery(db: Queryable, id: number, seal: Seal | undefined): Promise<ShownDelivery> {
  const delivery = await findDelivery(db, id);
  const { destination, shard, tpos, identity, orderingKey } = delivery;
  const loaded = await loadItems(db, shard, await readLogRowsAt(db, shard, [tpos]), delivery.replay !== null);
  const [item] = await withEdits(db, destination, loaded);
  const rows = await db.query<{ count: number }>(sql`
    SELECT count(*) AS count FROM delivery
    WHERE destination = ${destination} AND shard = ${shard} AND ordering_key = ${orderingKey} AND replay IS NULL AND tpos > ${tpos}::bigint`);
  return {
    delivery,
    transaction: item === undefined || item.broken !== undefined ? null : item.transaction,
    edits: await listEdits(db, destination, identity),
    wouldSend: await mapNow(),
    behind: rows[0]?.count ?? 0,
    audit: await listAudit(db, { destination, identity, after: 0, limit: AUDIT_ROWS_MAX }),
  };

  async function mapNow(): Promise<ShownDelivery["wouldSend"]> {
    if (seal === undefined) return { kind: "sealed" };
    if (item === undefined) return { kind: "rejected", detail: "the entry is not in the log" };
    const { common, own } = await readDestinationConfig(db, destination, seal);
    return mapSafely(connectorOf(common.kind), item, own);
  }
}

const listEdits = (db: Queryable, key: string, identity: string): Promise<EditRow[]> =>
  db.query<EditRow>(sql`
    SELECT at_ms AS "atMs", who, reason, encode(original_hash, 'hex') AS "originalHash", encode(edited_hash, 'hex') AS "editedHash"
    FROM delivery_edit WHERE destination = ${key} AND identity = ${identity} ORDER BY id`);
