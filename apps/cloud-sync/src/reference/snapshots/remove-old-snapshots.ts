import type { Database } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";

/**
 * How long a snapshot is kept after a newer one took its place. A terminal on a line of 64 kbit/s that is up for an hour a
 * day has its first load behind it by then; one that takes longer is answered `reference.chunk-gone` and goes on with the newer.
 */
export const SNAPSHOT_KEEP_MS = 3 * 86_400_000;

/** Removes snapshots that nobody can be in the middle of, and the chunks that no other one has. Gives how many snapshots went. */
export const removeOldSnapshots = (db: Database, nowMs: number): Promise<number> =>
  db.transaction(async (tx) => {
    const gone = await tx.query(sql`
      DELETE FROM reference_snapshot WHERE retired_at_ms <= ${nowMs - SNAPSHOT_KEEP_MS}::bigint RETURNING snapshot`);
    if (gone.length > 0)
      await tx.query(sql`
        DELETE FROM reference_chunk c WHERE NOT EXISTS (SELECT 1 FROM reference_snapshot_chunk l WHERE l.sha256 = c.sha256)`);
    return gone.length;
  });
