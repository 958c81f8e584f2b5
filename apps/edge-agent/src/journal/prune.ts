import { equalBytes } from "@tillsync/sync-protocol";
import type { AgentStore } from "../store/agent-store.ts";
import { inTransaction } from "../store/in-transaction.ts";
import { sql } from "../store/sql.ts";
import { entryKey, seqOf } from "./entry-key.ts";
import { hashAt } from "./hash-at.ts";
import { journalHeads } from "./journal-heads.ts";
import { lineHlc, readAnchor } from "./read-journal-end.ts";

/** Entries deleted in one transaction: a sale that comes meanwhile waits a few milliseconds at most. */
export const PRUNE_STEP_ENTRIES = 500;

const DAY_MS = 86_400_000;

/**
 * Deletes one step of entries that every upstream has acknowledged and that are older than `days` by their own clock.
 * Never the last entry of an epoch, and never one that is not acknowledged. The hash of the last one that goes stays as
 * the epoch's anchor. Returns how many went; 0 when nothing is due.
 */
export function pruneEntries(store: AgentStore, days: number): number {
  const beforeMs = store.now() - days * DAY_MS;
  for (const head of journalHeads(store)) {
    const limit = Math.min(acknowledgedByAll(store, head.epoch), head.seq - 1);
    const pruned = pruneEpoch(store, head.epoch, limit, beforeMs);
    if (pruned > 0) return pruned;
  }
  return 0;
}

/** The least that any upstream holds of the epoch; 0 when none does, or when one holds something that is not ours. */
function acknowledgedByAll(store: AgentStore, epoch: number): number {
  const upstreams = store.prepare<[], { name: string }>(sql`SELECT DISTINCT name FROM upstream`).all();
  const acked = store.prepare<[string, number], { seq: number; hash: Uint8Array }>(
    sql`SELECT acked_seq AS seq, acked_hash AS hash FROM upstream WHERE name = ? AND epoch = ?`,
  );
  let least = upstreams.length === 0 ? 0 : Number.POSITIVE_INFINITY;
  for (const { name } of upstreams) {
    const row = acked.get(name, epoch);
    const ours = row === undefined ? undefined : hashAt(store, epoch, row.seq);
    const isOurs = row !== undefined && ours !== undefined && ours !== "pruned" && equalBytes(ours, row.hash);
    least = Math.min(least, isOurs ? row.seq : 0);
  }
  return least;
}

function pruneEpoch(store: AgentStore, epoch: number, limit: number, beforeMs: number): number {
  const anchor = readAnchor(store.prepare, epoch);
  if (anchor === undefined || limit <= anchor.seq) return 0;
  const rows = store
    .prepare<[number, number, number], { key: number; start: Uint8Array; hash: Uint8Array }>(
      sql`SELECT key, substr(line, 1, 80) AS start, hash FROM entry WHERE key BETWEEN ? AND ? ORDER BY key LIMIT ?`,
    )
    .all(entryKey(epoch, anchor.seq + 1), entryKey(epoch, limit), PRUNE_STEP_ENTRIES);
  const young = rows.findIndex((row) => lineHlc(row.start).ms >= beforeMs);
  const old = young < 0 ? rows : rows.slice(0, young);
  const last = old.at(-1);
  if (last === undefined) return 0;
  inTransaction(store, () => {
    store.prepare(sql`DELETE FROM entry WHERE key BETWEEN ? AND ?`).run(entryKey(epoch, 0), last.key);
    store.prepare(sql`UPDATE epoch SET anchor_seq = ?, anchor_hash = ? WHERE epoch = ?`).run(seqOf(last.key), last.hash, epoch);
  });
  return old.length;
}
