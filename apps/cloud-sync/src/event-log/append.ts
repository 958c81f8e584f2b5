import type { Epoch, TerminalId } from "@tillsync/sync-protocol";
import { assert } from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";

/** A verified batch, or the rest of one, on its way into the log. */
export interface NewSegment {
  readonly shard: string;
  readonly terminal: TerminalId;
  readonly epoch: Epoch;
  readonly firstSeq: number;
  readonly entries: number;
  readonly previousHash: Uint8Array;
  readonly lastHash: Uint8Array;
  readonly headSignature: Uint8Array;
  readonly encoding: "zstd" | "plain";
  readonly plainBytes: number;
  /** Lines of the body that are no entries of this segment: the header, and entries that were stored before. */
  readonly skipLines: number;
  /** As it came over the wire. */
  readonly body: Uint8Array;
  readonly receivedAtMs: number;
}

/**
 * Writes a segment, gives its entries the next positions of the shard, and moves the journal's head: one statement in the
 * caller's transaction, in which the journal's row is locked and its head was found to be just before the segment.
 *
 * The shard's row stays locked from here to the commit. That makes positions dense (a transaction that rolls back gives
 * its own back) and visible in order (a higher one can only be taken after this one is committed). So nothing that takes
 * long may come between this and the commit.
 */
export async function appendSegment(tx: Queryable, segment: NewSegment): Promise<{ firstPos: number }> {
  const lastSeq = segment.firstSeq + segment.entries - 1;
  const rows = await tx.query<{ first_pos: number; moved: number }>(sql`
    WITH taken AS (
      UPDATE shard SET next_pos = next_pos + ${segment.entries}::bigint WHERE shard = ${segment.shard}
      RETURNING next_pos - ${segment.entries}::bigint AS first_pos
    ), written AS (
      INSERT INTO segment (shard, first_pos, entries, terminal_id, epoch, first_seq, previous_hash, last_hash, head_signature,
        received_at_ms, encoding, plain_bytes, skip_lines, body)
      SELECT ${segment.shard}, taken.first_pos, ${segment.entries}::int, ${segment.terminal}, ${segment.epoch}::int,
        ${segment.firstSeq}::bigint, ${segment.previousHash}::bytea, ${segment.lastHash}::bytea, ${segment.headSignature}::bytea,
        ${segment.receivedAtMs}::bigint, ${segment.encoding}, ${segment.plainBytes}::int, ${segment.skipLines}::int, ${segment.body}::bytea
      FROM taken
    ), moved AS (
      UPDATE journal SET seq = ${lastSeq}::bigint, hash = ${segment.lastHash}::bytea, head_signature = ${segment.headSignature}::bytea,
        updated_at_ms = ${segment.receivedAtMs}::bigint
      WHERE terminal_id = ${segment.terminal} AND epoch = ${segment.epoch}::int AND seq = ${segment.firstSeq - 1}::bigint
        AND hash = ${segment.previousHash}::bytea
      RETURNING 1
    )
    SELECT taken.first_pos, (SELECT count(*) FROM moved) AS moved FROM taken`);
  const row = rows[0];
  assert(row !== undefined && row.moved === 1, "the segment follows the locked head of its journal");
  return { firstPos: row.first_pos };
}
