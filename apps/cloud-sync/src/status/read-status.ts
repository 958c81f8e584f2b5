import type { Database, Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { destinationsStatus } from "../destinations/status.ts";
import { listTerminals, type TerminalRow } from "../devices/list-terminals.ts";
import { referenceStatus, type ReferenceStatus } from "../reference/reference-status.ts";
import { transactionsStatus, type TransactionsStatus } from "../transactions/status.ts";

export interface JournalStatus {
  readonly terminalId: string;
  readonly epoch: number;
  readonly seq: number;
  readonly hash: string;
}

/** Two histories under one number, found when entries or a hello came in. */
export interface ConflictStatus {
  readonly kind: "conflict";
  readonly terminalId: string;
  readonly epoch: number;
  readonly seq: number;
  readonly heldHash: string;
  readonly offeredHash: string;
  readonly carrierId: string;
  readonly times: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

/** A terminal's own word that its journal goes on elsewhere: restored, copied, forked, enrolled again. */
export interface EpochStartStatus {
  readonly kind: "epoch-start";
  readonly terminalId: string;
  readonly epoch: number;
  readonly reason: string;
  readonly previousEpoch: number;
  readonly previousSeq: number;
  readonly carriedOver: number;
  readonly firstAtMs: number;
}

export interface CloudStatus extends TransactionsStatus {
  readonly entries: number;
  readonly journals: readonly JournalStatus[];
  readonly forks: readonly (ConflictStatus | EpochStartStatus)[];
  readonly terminals: readonly TerminalRow[];
  readonly destinations: Awaited<ReturnType<typeof destinationsStatus>>;
  readonly reference: readonly ReferenceStatus[];
}

/** What the cloud holds, of one moment: everything is read in one snapshot, so that the figures fit each other. */
export function readStatus(db: Database): Promise<CloudStatus> {
  return db.transaction(async (tx) => {
    await tx.query(sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY`);
    const entries = await tx.query<{ entries: number }>(sql`SELECT coalesce(sum(next_pos - 1), 0)::bigint AS entries FROM shard`);
    return {
      entries: entries[0]?.entries ?? 0,
      ...(await transactionsStatus(tx)),
      journals: await readJournals(tx),
      forks: [...(await readConflicts(tx)), ...(await readEpochStarts(tx))],
      terminals: await listTerminals(tx),
      destinations: await destinationsStatus(tx),
      reference: await referenceStatus(tx),
    };
  });
}

/** A journal that only ever answered `gap` has a row and no entries. */
const readJournals = (tx: Queryable): Promise<JournalStatus[]> =>
  tx.query<JournalStatus>(sql`
    SELECT terminal_id AS "terminalId", epoch, seq, encode(hash, 'hex') AS hash FROM journal WHERE seq > 0 ORDER BY terminal_id, epoch`);

const readConflicts = (tx: Queryable): Promise<ConflictStatus[]> =>
  tx.query<ConflictStatus>(sql`
    SELECT 'conflict' AS kind, terminal_id AS "terminalId", epoch, seq, encode(held_hash, 'hex') AS "heldHash", encode(offered_hash, 'hex') AS "offeredHash",
      carrier_id AS "carrierId", times, first_at_ms AS "firstAtMs", last_at_ms AS "lastAtMs"
    FROM fork ORDER BY id`);

const readEpochStarts = (tx: Queryable): Promise<EpochStartStatus[]> =>
  tx.query<EpochStartStatus>(sql`
    SELECT 'epoch-start' AS kind, terminal_id AS "terminalId", epoch, reason, previous_epoch AS "previousEpoch",
      previous_seq AS "previousSeq", carried_over AS "carriedOver", received_at_ms AS "firstAtMs"
    FROM epoch_start ORDER BY terminal_id, epoch`);
