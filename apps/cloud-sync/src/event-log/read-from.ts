import { TillsyncError } from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import type { LogEntry, SegmentRow } from "./log-entry.ts";
import { segmentEntries } from "./segment-lines.ts";

export type { LogEntry } from "./log-entry.ts";

/** Plain bytes of one page at most (one segment always fits): what a reader holds in memory at once. */
export const READ_BYTES_MAX = 16 * 1024 * 1024;

/** Entries of one page at most. Ten full batches: more gains nothing per entry. */
export const READ_ENTRIES_MAX = 5_000;

interface SegmentPlan {
  readonly first_pos: number;
  readonly entries: number;
  readonly plain_bytes: number;
}

/**
 * The next entries of a shard past position `after` (0: from the start), in order and without a hole, at most `limit`
 * and `READ_BYTES_MAX` of them; an empty answer means that there is nothing yet. A page ends with a segment where it
 * can, so that a segment is seldom decoded twice.
 *
 * Positions are taken under the shard row's lock, which is held to the commit: whoever sees position n sees every one
 * below it. A hole is therefore damage and never "not yet"; it throws `log.damaged`.
 */
export async function readFrom(db: Queryable, from: { shard: string; after: number; limit: number }): Promise<LogEntry[]> {
  const limit = Math.min(from.limit, READ_ENTRIES_MAX);
  const plans = await planSegments(db, from.shard, from.after, limit);
  const last = lastWithinBounds(plans, from.after, limit);
  const first = plans[0];
  if (first === undefined || last === undefined) return [];
  const rows = await db.query<SegmentRow>(sql`
    SELECT shard, first_pos, entries, terminal_id, epoch, first_seq, received_at_ms, encoding, plain_bytes, skip_lines, body
    FROM segment WHERE shard = ${from.shard} AND first_pos BETWEEN ${first.first_pos}::bigint AND ${last.first_pos}::bigint
    ORDER BY first_pos`);
  const entries = rows.flatMap(segmentEntries);
  return entries.slice(from.after + 1 - first.first_pos, from.after + 1 - first.first_pos + limit);
}

/** Segments that overlap the positions wanted, without their bodies; starts with the one that holds `after + 1`. */
async function planSegments(db: Queryable, shard: string, after: number, limit: number): Promise<SegmentPlan[]> {
  const plans = await db.query<SegmentPlan>(sql`
    SELECT first_pos, entries, plain_bytes FROM segment
    WHERE shard = ${shard} AND first_pos <= ${after + limit}::bigint
      AND first_pos >= coalesce(
        (SELECT max(s.first_pos) FROM segment s WHERE s.shard = ${shard} AND s.first_pos <= ${after + 1}::bigint), 0)
    ORDER BY first_pos`);
  const wanted = plans.filter((plan) => plan.first_pos + plan.entries > after + 1);
  let next = wanted[0] === undefined ? 0 : Math.min(wanted[0].first_pos, after + 1);
  for (const plan of wanted) {
    if (plan.first_pos !== next) throw new TillsyncError("log.damaged", `shard ${shard}: a hole before position ${plan.first_pos}`);
    next += plan.entries;
  }
  return wanted;
}

function lastWithinBounds(plans: readonly SegmentPlan[], after: number, limit: number): SegmentPlan | undefined {
  let last: SegmentPlan | undefined;
  let bytes = 0;
  for (const plan of plans) {
    bytes += plan.plain_bytes;
    const fits = bytes <= READ_BYTES_MAX && plan.first_pos + plan.entries - 1 <= after + limit;
    if (last !== undefined && !fits) break;
    last = plan;
  }
  return last;
}
