import { assert, nextHash, type Epoch, type HashPair, type TerminalId } from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import type { SegmentRow } from "./log-entry.ts";
import { segmentLines } from "./segment-lines.ts";

/**
 * The hash of a journal after entry `seq`, which must have been stored (1 to the head). Read from the segment that holds
 * it and, inside one, computed from its lines. Throws `log.damaged`.
 */
export async function hashAt(
  db: Queryable,
  hash: HashPair,
  journal: { terminal: TerminalId; epoch: Epoch },
  seq: number,
): Promise<Uint8Array> {
  const rows = await db.query<SegmentRow & { previous_hash: Uint8Array; last_hash: Uint8Array }>(sql`
    SELECT shard, first_pos, entries, terminal_id, epoch, first_seq, received_at_ms, encoding, plain_bytes, skip_lines, body,
      previous_hash, last_hash
    FROM segment
    WHERE terminal_id = ${journal.terminal} AND epoch = ${journal.epoch} AND first_seq <= ${seq}::bigint
    ORDER BY first_seq DESC LIMIT 1`);
  const row = rows[0];
  const index = seq - (row?.first_seq ?? 0);
  assert(row !== undefined && index < row.entries, "an entry up to the head is in a segment");
  if (index === row.entries - 1) return row.last_hash;
  return segmentLines(row)
    .slice(0, index + 1)
    .reduce<Uint8Array>((previous, line) => nextHash(hash, previous, line), row.previous_hash);
}
