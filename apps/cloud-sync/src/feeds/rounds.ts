import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";

export type RoundKind = "poll" | "full";

/** A round of one part: what changed since a stamp, or everything. */
export interface Round {
  readonly number: number;
  readonly kind: RoundKind;
  /** What is known once it has ended. */
  readonly to: string | undefined;
  /** Where its next page begins; undefined: at the beginning. */
  readonly after: string | undefined;
}

export interface PartState {
  readonly since: string | undefined;
  readonly fullAtMs: number | undefined;
  /** Begun and not ended, by this process or one before. */
  readonly round: Round | undefined;
  readonly lastRound: number;
}

interface Row {
  since: string | null;
  full_at_ms: number | null;
  round: number;
  round_kind: RoundKind | null;
  round_to: string | null;
  round_after: string | null;
}

export async function readPart(db: Queryable, feed: string, part: string): Promise<PartState> {
  const [row] = await db.query<Row>(sql`
    SELECT since, full_at_ms, round, round_kind, round_to, round_after FROM feed_part WHERE feed = ${feed} AND part = ${part}`);
  if (row === undefined) return { since: undefined, fullAtMs: undefined, round: undefined, lastRound: 0 };
  const { round_kind: kind, round_to: to, round_after: after } = row;
  return {
    since: row.since ?? undefined,
    fullAtMs: row.full_at_ms ?? undefined,
    round: kind === null ? undefined : { number: row.round, kind, to: to ?? undefined, after: after ?? undefined },
    lastRound: row.round,
  };
}

/** The feed is locked. */
export async function beginRound(tx: Queryable, feed: string, part: string, round: Round): Promise<void> {
  await tx.query(sql`
    INSERT INTO feed_part (feed, part, round, round_kind, round_to)
    VALUES (${feed}, ${part}, ${round.number}::bigint, ${round.kind}, ${round.to ?? null})
    ON CONFLICT (feed, part) DO UPDATE SET round = EXCLUDED.round, round_kind = EXCLUDED.round_kind, round_to = EXCLUDED.round_to,
      round_after = NULL`);
}

/** The feed is locked; moved in the transaction that holds the page before. */
export async function moveRound(tx: Queryable, feed: string, part: string, after: string): Promise<void> {
  await tx.query(sql`UPDATE feed_part SET round_after = ${after} WHERE feed = ${feed} AND part = ${part}`);
}

/** Ends a round: what it was begun with is known now. A full one says so too. The feed is locked. */
export async function endRound(tx: Queryable, feed: string, part: string, round: Round, nowMs: number): Promise<void> {
  await tx.query(sql`
    UPDATE feed_part SET since = coalesce(round_to, since), round_kind = NULL, round_to = NULL, round_after = NULL,
      full_at_ms = CASE ${round.kind} WHEN 'full' THEN ${nowMs}::bigint ELSE full_at_ms END
    WHERE feed = ${feed} AND part = ${part}`);
}
