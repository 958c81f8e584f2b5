import { TillsyncError } from "@tillsync/sync-protocol";
import type { Database, Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { auditDeliveries } from "./audit.ts";
import type { DeliveryState } from "./deliveries.ts";
import { lockCursors } from "./lock-cursors.ts";
import { promoteNext } from "./promote-next.ts";

export interface Release {
  /** The delivery that was in the way. */
  readonly id: number;
  /** `behind`: later ones go on, it stays. `without-cause`: it goes out itself, although what it is about is not there. */
  readonly kind: "behind" | "without-cause";
}

interface Blocker {
  id: number;
  shard: string;
  state: DeliveryState;
  code: string | null;
}

/**
 * Lets a key go on. The first of it that is in the way, parked, unanswered or waiting for the mapping, steps aside: it
 * stays listed and can be retried later, out of order. One that waits for its cause, or waited too long, is sent without
 * it instead. Audited, with the reason. Throws `delivery.not-releasable` when nothing of the key is in the way for good.
 */
export function releaseKey(
  db: Database,
  wish: { destination: string; orderingKey: string; who: string; reason: string },
  nowMs: number,
): Promise<Release> {
  const { destination, orderingKey, who, reason } = wish;
  return db.transaction(async (tx) => {
    await lockCursors(tx, destination);
    const row = await findBlocker(tx, destination, orderingKey);
    const kind = row && kindOf(row);
    if (row === undefined || kind === undefined) throw new TillsyncError("delivery.not-releasable", orderingKey);
    await auditDeliveries(tx, [row.id], { action: "release", who, reason, detail: kind }, nowMs);
    if (kind === "without-cause")
      await tx.query(sql`
        UPDATE delivery SET without_cause = true, state = 'retrying', attempts = 0, first_at_ms = ${nowMs}::bigint,
          next_at_ms = ${nowMs}::bigint, cause = NULL
        WHERE id = ${row.id}::bigint`);
    else {
      await tx.query(sql`UPDATE delivery SET released_at_ms = ${nowMs}::bigint WHERE id = ${row.id}::bigint`);
      await promoteNext(tx, destination, row.shard, [orderingKey], nowMs);
    }
    return { id: row.id, kind };
  });
}

/** Of each shard the first of the key; of those the first by id. Keys of one receipt are rarely in two shards. */
async function findBlocker(tx: Queryable, destination: string, orderingKey: string): Promise<Blocker | undefined> {
  const rows = await tx.query<Blocker>(sql`
    SELECT DISTINCT ON (shard) id, shard, state, code FROM delivery
    WHERE destination = ${destination} AND ordering_key = ${orderingKey} AND replay IS NULL AND released_at_ms IS NULL
    ORDER BY shard, tpos`);
  return rows.toSorted((a, b) => a.id - b.id).find((row) => kindOf(row) !== undefined);
}

/** One that is tried again by itself is not in the way for good. */
function kindOf({ state, code }: Blocker): Release["kind"] | undefined {
  if (code === "delivery.cause-missing" || code === "delivery.cause-overdue") return "without-cause";
  if (state === "parked" || state === "uncertain") return "behind";
  return state === "held" && code !== null ? "behind" : undefined;
}
