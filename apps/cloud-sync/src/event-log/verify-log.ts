import { createPublicKey, verify as verifySignature } from "node:crypto";
import { equalBytes, genesisHash, headMessage, journalKeySchema, nextHash, TillsyncError, toHex, type Seq } from "@tillsync/sync-protocol";
import type { Database, Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { hashPair } from "../ingest/hash-pair.ts";
import type { SegmentRow } from "./log-entry.ts";
import { segmentLines } from "./segment-lines.ts";

export interface LogProblem {
  readonly shard?: string;
  readonly pos?: number;
  readonly terminalId?: string;
  readonly epoch?: number;
  /** The first entry that cannot be vouched for; a batch's hash speaks for all its entries together. */
  readonly seq?: number;
  readonly problem: string;
}

export interface LogVerification {
  readonly ok: boolean;
  readonly entries: number;
  readonly segments: number;
  readonly journals: number;
  /** The first `PROBLEMS_MAX`, in the order of the log. */
  readonly problems: readonly LogProblem[];
}

/** More than these say no more than these. */
const PROBLEMS_MAX = 100;

/** Bodies read at once; memory is at most this many of the largest. */
const PAGE_SEGMENTS = 4;

type FullSegment = SegmentRow & { previous_hash: Uint8Array; last_hash: Uint8Array; head_signature: Uint8Array };
interface JournalRow {
  terminal_id: string;
  epoch: number;
  seq: number;
  hash: Uint8Array;
}
interface KeyRow {
  terminal_id: string;
  first_epoch: number;
  journal_key: string;
  journal_thumbprint: string;
}

interface Walk {
  /** Keys of each terminal, latest first. */
  readonly keys: ReadonlyMap<string, readonly KeyRow[]>;
  /** Each journal's head so far, by name. */
  readonly heads: Map<string, { seq: number; hash: Uint8Array }>;
  readonly problems: LogProblem[];
  entries: number;
  segments: number;
}

/**
 * Recomputes every chain from its genesis through the stored bytes, checks the signature of every batch's head, that
 * positions are dense, and that the journals' heads are those of their last batches. Reads one snapshot, in small pages;
 * memory grows with the number of journals alone. It changes nothing and may run beside a working cloud.
 */
export function verifyLog(db: Database): Promise<LogVerification> {
  return db.transaction(async (tx) => {
    await tx.query(sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY`);
    const keys = await tx.query<KeyRow>(sql`
      SELECT terminal_id, first_epoch, journal_key, journal_thumbprint FROM terminal_key ORDER BY terminal_id, first_epoch DESC`);
    const walk: Walk = { keys: Map.groupBy(keys, (key) => key.terminal_id), heads: new Map(), problems: [], entries: 0, segments: 0 };
    const shards = await tx.query<{ shard: string; next_pos: number }>(sql`SELECT shard, next_pos FROM shard ORDER BY shard`);
    for (const { shard, next_pos } of shards) await walkShard(tx, walk, shard, next_pos);
    await compareHeads(tx, walk);
    const { entries, segments, problems, heads } = walk;
    return { ok: problems.length === 0, entries, segments, journals: heads.size, problems: problems.slice(0, PROBLEMS_MAX) };
  });
}

async function walkShard(tx: Queryable, walk: Walk, shard: string, nextPos: number): Promise<void> {
  let expected = 1;
  for (;;) {
    const rows = await tx.query<FullSegment>(sql`
      SELECT shard, first_pos, entries, terminal_id, epoch, first_seq, previous_hash, last_hash, head_signature, received_at_ms,
        encoding, plain_bytes, skip_lines, body
      FROM segment WHERE shard = ${shard} AND first_pos >= ${expected}::bigint ORDER BY first_pos LIMIT ${PAGE_SEGMENTS}`);
    for (const row of rows) {
      if (row.first_pos !== expected)
        note(walk, { shard, pos: expected, problem: `positions ${expected} to ${row.first_pos - 1} are missing` });
      checkSegment(walk, row);
      expected = row.first_pos + row.entries;
    }
    if (rows.length === 0) break;
  }
  if (expected !== nextPos) note(walk, { shard, pos: expected, problem: `the shard's next position is ${nextPos}` });
}

function checkSegment(walk: Walk, row: FullSegment): void {
  walk.segments++;
  walk.entries += row.entries;
  const name = `${row.terminal_id}#${row.epoch}`;
  const key = walk.keys.get(row.terminal_id)?.find((candidate) => candidate.first_epoch <= row.epoch);
  const where = { shard: row.shard, pos: row.first_pos, terminalId: row.terminal_id, epoch: row.epoch, seq: row.first_seq };
  if (key === undefined) return note(walk, { ...where, problem: "no key is known for this epoch" });
  const before = walk.heads.get(name) ?? { seq: 0, hash: genesisHash(hashPair, key.journal_thumbprint, row.epoch) };
  const lastSeq = row.first_seq + row.entries - 1;
  // What follows is judged from here, so that one damaged batch is named once.
  walk.heads.set(name, { seq: lastSeq, hash: row.last_hash });
  if (row.first_seq !== before.seq + 1)
    note(walk, { ...where, seq: before.seq + 1, problem: `entries ${before.seq + 1} to ${row.first_seq - 1} are missing` });
  else if (!equalBytes(row.previous_hash, before.hash)) note(walk, { ...where, problem: "does not follow the entry before it" });
  const problem = checkChain(row) ?? checkHead(row, key, lastSeq);
  if (problem !== undefined) note(walk, { ...where, problem });
}

function checkChain(row: FullSegment): string | undefined {
  try {
    const last = segmentLines(row).reduce<Uint8Array>((previous, line) => nextHash(hashPair, previous, line), row.previous_hash);
    return equalBytes(last, row.last_hash)
      ? undefined
      : `the bytes of entries ${row.first_seq} to ${row.first_seq + row.entries - 1} do not match their hash`;
  } catch (error) {
    if (error instanceof TillsyncError) return error.detail ?? error.message;
    throw error;
  }
}

function checkHead(row: FullSegment, key: KeyRow, lastSeq: number): string | undefined {
  const message = headMessage(key.journal_thumbprint, row.epoch, lastSeq as Seq, toHex(row.last_hash));
  const publicKey = createPublicKey({ key: journalKeySchema.parse(JSON.parse(key.journal_key)), format: "jwk" });
  return verifySignature(null, message, publicKey, row.head_signature)
    ? undefined
    : `the head at entry ${lastSeq} is not signed by its terminal`;
}

/** Both ways: a head without its entries, and entries without their head. */
async function compareHeads(tx: Queryable, walk: Walk): Promise<void> {
  const journals = await tx.query<JournalRow>(
    sql`SELECT terminal_id, epoch, seq, hash FROM journal WHERE seq > 0 ORDER BY terminal_id, epoch`,
  );
  for (const { terminal_id: terminalId, epoch, seq, hash } of journals) {
    const found = walk.heads.get(`${terminalId}#${epoch}`);
    if (found?.seq !== seq || !equalBytes(found.hash, hash))
      note(walk, {
        terminalId,
        epoch,
        seq: Math.min(seq, found?.seq ?? 0) + 1,
        problem: `the journal's head is ${seq}, its last batch ends at ${found?.seq ?? 0}`,
      });
  }
  const known = new Set(journals.map((row) => `${row.terminal_id}#${row.epoch}`));
  for (const name of walk.heads.keys()) if (!known.has(name)) note(walk, { problem: `journal ${name} has entries and no head` });
}

function note(walk: Walk, problem: LogProblem): void {
  if (walk.problems.length < PROBLEMS_MAX) walk.problems.push(problem);
}
