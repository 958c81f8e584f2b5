import { assert, type Epoch, type TerminalId } from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";

export interface LockedHead {
  readonly seq: number;
  readonly hash: Uint8Array;
  /** The highest epoch known of this terminal. */
  readonly maxEpoch: Epoch;
}

/**
 * The journal's head, its row locked to the end of the transaction: what is decided on it stays true until then. A journal
 * that is not known yet gets its row here, at sequence 0 with its genesis hash.
 */
export async function lockHead(
  tx: Queryable,
  journal: { terminal: TerminalId; epoch: Epoch },
  genesis: Uint8Array,
  nowMs: number,
): Promise<LockedHead> {
  const known = await selectHead(tx, journal);
  if (known !== undefined) return known;
  await tx.query(sql`
    INSERT INTO journal (terminal_id, epoch, seq, hash, updated_at_ms)
    VALUES (${journal.terminal}, ${journal.epoch}, 0, ${genesis}, ${nowMs}::bigint) ON CONFLICT DO NOTHING`);
  const made = await selectHead(tx, journal);
  assert(made !== undefined, "the journal's row was just made");
  return made;
}

const selectHead = async (tx: Queryable, { terminal, epoch }: { terminal: TerminalId; epoch: Epoch }): Promise<LockedHead | undefined> =>
  (
    await tx.query<LockedHead>(sql`
      SELECT seq, hash, (SELECT max(m.epoch) FROM journal m WHERE m.terminal_id = ${terminal}) AS "maxEpoch"
      FROM journal WHERE terminal_id = ${terminal} AND epoch = ${epoch} FOR UPDATE`)
  )[0];
