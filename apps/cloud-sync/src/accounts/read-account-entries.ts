import { assert } from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { readCaptured } from "../transactions/read-captured.ts";
import { readEntries } from "../transactions/read-entries.ts";
import type { AccountEntry } from "./fold-entries.ts";

interface Row {
  tpos: number;
  pos: number;
  revision: number;
  terminal_id: string;
  received_at_ms: number;
  content_hash: Uint8Array;
}

export interface EntriesPage {
  /** Position in the transaction log that the page reaches; undefined: there is nothing after `after`. */
  readonly last: number | undefined;
  readonly entries: readonly AccountEntry[];
}

/**
 * The entries about accounts among the next `limit` of a shard's transaction log. Their content was checked when they were
 * taken up there.
 */
export async function readAccountEntries(db: Queryable, shard: string, after: number, limit: number): Promise<EntriesPage> {
  const ends = await db.query<{ last: number | null }>(sql`
    SELECT max(tpos) AS last FROM (
      SELECT tpos FROM transaction WHERE shard = ${shard} AND tpos > ${after}::bigint ORDER BY tpos LIMIT ${limit}) AS page`);
  const last = ends[0]?.last ?? undefined;
  if (last === undefined) return { last, entries: [] };
  const rows = await db.query<Row>(sql`
    SELECT tpos, pos, revision, terminal_id, received_at_ms, content_hash FROM transaction
    WHERE shard = ${shard} AND tpos > ${after}::bigint AND tpos <= ${last}::bigint AND type = 'StoredValue' ORDER BY pos`);
  const byPos = new Map(rows.map((row) => [row.pos, row]));
  const entries: AccountEntry[] = [];
  await readEntries(db, shard, [...byPos.keys()], ({ pos, line }) => {
    const row = byPos.get(pos);
    assert(row !== undefined, "an entry that was asked for");
    const transaction = readCaptured(line, row.content_hash);
    assert(transaction.transactionType === "StoredValue", "the row's type is the line's");
    const { tpos, revision, terminal_id: terminal, received_at_ms: receivedAtMs } = row;
    entries.push({ shard, tpos, revision, terminal, receivedAtMs, value: transaction.storedValue });
  });
  return { last, entries: entries.toSorted((a, b) => a.tpos - b.tpos) };
}
