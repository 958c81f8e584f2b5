import { assert, encodeHlc, ENTRY_BYTES_MAX, nextHash, tick, type EntryType } from "@tillsync/sync-protocol";
import type { AgentStore, JournalEnd } from "../store/agent-store.ts";
import { sql } from "../store/sql.ts";
import { entryKey } from "./entry-key.ts";
import { sha256Pair } from "./hash.ts";

/** An entry that is ready to be written after `end`; its end is the journal's once the transaction is committed. */
export interface EncodedEntry {
  readonly line: Uint8Array;
  readonly end: JournalEnd;
}

/**
 * Makes the line and hash of the entry after `end`, or says that it is larger than an entry may be. Writes nothing. The
 * body comes as JSON text, since its maker has most of it as text already; the line is that of `encodeEntry`.
 */
export function encodeNext(end: JournalEnd, wallMs: number, type: EntryType, bodyJson: string): EncodedEntry | "too-large" {
  const { hlc } = tick(end.hlc, wallMs);
  const seq = end.seq + 1;
  const line = Buffer.from(`{"seq":${seq},"hlc":"${encodeHlc(hlc)}","type":"${type}","body":${bodyJson}}`);
  if (line.length > ENTRY_BYTES_MAX) return "too-large";
  return { line, end: { epoch: end.epoch, seq, hash: nextHash(sha256Pair, end.hash, line), hlc } };
}

/** Puts the entry into the open transaction and returns its key. The caller moves `store.end` after the commit. */
export function insertEntry(store: AgentStore, entry: EncodedEntry): number {
  assert(store.db.inTransaction, "entries are written in a transaction");
  const key = entryKey(entry.end.epoch, entry.end.seq);
  store
    .prepare<[number, Uint8Array, Uint8Array]>(sql`INSERT INTO entry (key, line, hash) VALUES (?, ?, ?)`)
    .run(key, entry.line, entry.end.hash);
  return key;
}

/** Makes the new end known, after the commit that wrote it. */
export function moveEnd(store: AgentStore, end: JournalEnd): void {
  Object.assign(store.end, end);
  for (const listener of store.listeners) listener();
}
