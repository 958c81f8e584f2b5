import type { Checkpoint } from "@tillsync/pos-adapters";
import type { AgentStore } from "../store/agent-store.ts";
import { sql } from "../store/sql.ts";
import type { Progress } from "./read-pass.ts";
import type { Reader } from "./reader.ts";

/** `open`: being read or growing; `done`: read to its end; `failed`: not read, see `code`. */
export type ReadingState = "open" | "done" | "failed";

/** Where the reading of one file of a source stands. */
export interface Reading {
  readonly id: number;
  readonly name: string;
  readonly reader: Uint8Array;
  readonly size: number;
  readonly mtimeMs: number;
  readonly checkpoint: Checkpoint | undefined;
  readonly hashedTo: number;
  readonly prefixHash: Uint8Array;
  readonly transactions: number;
  readonly state: ReadingState;
  readonly code: string | null;
}

interface Row extends Omit<Reading, "checkpoint"> {
  readonly checkpoint: string | null;
}

const NOTHING = new Uint8Array(0);

/** What is known of a file of a source, by its name in it. */
export function findReading(store: AgentStore, source: string, name: string): Reading | undefined {
  const row = store
    .prepare<[string, string], Row>(
      sql`SELECT id, name, reader, size, mtime_ms AS mtimeMs, checkpoint, hashed_to AS hashedTo, prefix_hash AS prefixHash, transactions, state, code
          FROM reading WHERE source = ? AND name = ?`,
    )
    .get(source, name);
  return row && { ...row, checkpoint: row.checkpoint === null ? undefined : (JSON.parse(row.checkpoint) as Checkpoint) };
}

/**
 * Begins a new pass over a file, from its first byte or going on from `from`, and forgets the one before. Its id tells a
 * receipt that comes twice in one pass from one that comes again in the next. Call it inside a transaction: that of the first
 * commit, so that a small file costs one.
 */
export function beginReading(store: AgentStore, source: string, name: string, reader: Reader, from?: Reading): number {
  keepReader(store, reader);
  store.prepare(sql`DELETE FROM reading WHERE source = ? AND name = ?`).run(source, name);
  const result = store
    .prepare(
      sql`INSERT INTO reading (source, name, reader, size, mtime_ms, position, checkpoint, hashed_to, prefix_hash, transactions, state, seen_at_ms)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'open', ?)`,
    )
    .run(
      source,
      name,
      reader.fingerprint,
      from?.size ?? 0,
      from?.mtimeMs ?? 0,
      from?.checkpoint?.offset ?? 0,
      from?.checkpoint === undefined ? null : JSON.stringify(from.checkpoint),
      from?.hashedTo ?? 0,
      from?.prefixHash ?? NOTHING,
      from?.transactions ?? 0,
      store.now(),
    );
  return Number(result.lastInsertRowid);
}

/** Keeps how far a pass has come. Call it in the transaction of what it found. */
export function keepProgress(
  store: AgentStore,
  id: number,
  file: { size: number; mtimeMs: number },
  progress: Progress,
  found: number,
): void {
  store
    .prepare(
      sql`UPDATE reading SET size = ?, mtime_ms = ?, position = ?, checkpoint = ?, hashed_to = ?, prefix_hash = ?, transactions = transactions + ?,
          state = ?, code = ?, seen_at_ms = ? WHERE id = ?`,
    )
    .run(
      file.size,
      file.mtimeMs,
      progress.checkpoint.offset,
      JSON.stringify(progress.checkpoint),
      progress.hashedTo,
      progress.prefixHash,
      found,
      progress.ended ? "done" : "open",
      progress.truncated ? "capture.truncated" : null,
      store.now(),
      id,
    );
}

/** Ends a pass without the file's end: it is known already, it failed, or it is gone. */
export function closeReading(
  store: AgentStore,
  id: number,
  file: { size: number; mtimeMs: number },
  state: ReadingState,
  code?: string,
): void {
  store
    .prepare(sql`UPDATE reading SET size = ?, mtime_ms = ?, state = ?, code = ?, seen_at_ms = ? WHERE id = ?`)
    .run(file.size, file.mtimeMs, state, code ?? null, store.now(), id);
}

/** Forgets a file: a one-off capture has no position to come back to. */
export const forgetReading = (store: AgentStore, id: number): unknown => store.prepare(sql`DELETE FROM reading WHERE id = ?`).run(id);

/** Keeps adapter and configuration by fingerprint, so that what was set aside can be read again as it was meant. */
export function keepReader(store: AgentStore, reader: Reader): void {
  store
    .prepare(sql`INSERT INTO reader (fingerprint, adapter, config) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`)
    .run(reader.fingerprint, reader.adapter, JSON.stringify(reader.config));
}
