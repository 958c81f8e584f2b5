import { assert } from "@tillsync/sync-protocol";
import type { AgentStore } from "../store/agent-store.ts";
import { sql } from "../store/sql.ts";
import { entryKey, seqOf } from "./entry-key.ts";
import { hashAt } from "./hash-at.ts";

export interface BatchRange {
  readonly epoch: number;
  /** The batch begins behind this. */
  readonly afterSeq: number;
  readonly entriesMax: number;
  /** Of all lines with their line feeds. A single entry past it still comes, alone. */
  readonly bytesMax: number;
}

export type BatchRead =
  | {
      readonly kind: "batch";
      /** The entries' exact bytes; empty when the journal goes no further. */
      readonly lines: Uint8Array[];
      /** Hash after `afterSeq`. */
      readonly previousHash: Uint8Array;
      readonly lastSeq: number;
      readonly lastHash: Uint8Array;
    }
  /** Entries behind `afterSeq` are no longer kept. */
  | { readonly kind: "pruned" };

/** Reads the next entries of an epoch as they were written. `afterSeq` must not be past the epoch's head. */
export function readBatch(store: AgentStore, range: BatchRange): BatchRead {
  const previousHash = hashAt(store, range.epoch, range.afterSeq);
  if (previousHash === "pruned") return { kind: "pruned" };
  assert(previousHash !== undefined, "the batch begins within the epoch");
  const rows = store.prepare<[number, number, number], { key: number; line: Uint8Array; hash: Uint8Array }>(
    sql`SELECT key, line, hash FROM entry WHERE key BETWEEN ? AND ? ORDER BY key LIMIT ?`,
  );
  const lines: Uint8Array[] = [];
  let lastSeq = range.afterSeq;
  let lastHash = previousHash;
  let bytes = 0;
  for (const row of rows.iterate(entryKey(range.epoch, range.afterSeq + 1), entryKey(range.epoch + 1, 0) - 1, range.entriesMax)) {
    bytes += row.line.length + 1;
    if (lines.length > 0 && bytes > range.bytesMax) break;
    assert(seqOf(row.key) === lastSeq + 1, "entries are dense");
    lines.push(row.line);
    lastSeq += 1;
    lastHash = row.hash;
  }
  return { kind: "batch", lines, previousHash, lastSeq, lastHash };
}
