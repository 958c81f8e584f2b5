import type { Epoch, TerminalId } from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";

export interface Fork {
  readonly terminal: TerminalId;
  readonly epoch: Epoch;
  /** An entry at which both histories are known to differ; they may have parted before. */
  readonly seq: number;
  readonly heldHash: Uint8Array;
  readonly offeredHash: Uint8Array;
  /** The signed head of the other history, where one was shown. */
  readonly offeredHead?: { readonly seq: number; readonly hash: Uint8Array; readonly signature: Uint8Array };
  readonly carrier: TerminalId;
}

/** Keeps both hashes and the other side's proof. A fork that is seen again counts up and is not kept twice. */
export async function recordFork(db: Queryable, fork: Fork, nowMs: number): Promise<void> {
  const head = fork.offeredHead;
  await db.query(sql`
    INSERT INTO fork (terminal_id, epoch, seq, held_hash, offered_hash, offered_head_seq, offered_head_hash, offered_head_signature,
      carrier_id, first_at_ms, last_at_ms)
    VALUES (${fork.terminal}, ${fork.epoch}, ${fork.seq}::bigint, ${fork.heldHash}, ${fork.offeredHash}, ${head?.seq ?? null}::bigint,
      ${head?.hash ?? null}::bytea, ${head?.signature ?? null}::bytea, ${fork.carrier}, ${nowMs}::bigint, ${nowMs}::bigint)
    ON CONFLICT (terminal_id, epoch, seq, offered_hash) DO UPDATE SET
      times = fork.times + 1, last_at_ms = excluded.last_at_ms,
      offered_head_seq = coalesce(fork.offered_head_seq, excluded.offered_head_seq),
      offered_head_hash = coalesce(fork.offered_head_hash, excluded.offered_head_hash),
      offered_head_signature = coalesce(fork.offered_head_signature, excluded.offered_head_signature)`);
}
