import { assert } from "@tillsync/sync-protocol";
import { entryKey } from "../journal/entry-key.ts";
import { hashAt } from "../journal/hash-at.ts";
import type { BatchRange } from "../journal/read-batch.ts";
import type { AgentStore } from "../store/agent-store.ts";
import { translateSqliteError } from "../store/sqlite-errors.ts";
import { sql } from "../store/sql.ts";

export type EntriesRead =
  | {
      readonly kind: "read";
      /** None when the journal goes no further. */
      readonly entries: number;
      /** Hash after `afterSeq`. */
      readonly previousHash: Uint8Array;
      readonly lastHash: Uint8Array;
    }
  /** Entries behind `afterSeq` are no longer kept. */
  | { readonly kind: "pruned" };

/**
 * Gives the lines of the next entries to `take`, one after the other, as `readBatch` would return them. No line is held
 * on to, so a drain of a million entries makes only short-lived garbage. `afterSeq` must not be past the epoch's head.
 * Throws `store.*` where the disk or the database fails.
 */
export function readEntries(store: AgentStore, range: BatchRange, take: (line: Uint8Array) => void): EntriesRead {
  try {
    return read(store, range, take);
  } catch (cause) {
    throw translateSqliteError(cause);
  }
}

function read(store: AgentStore, range: BatchRange, take: (line: Uint8Array) => void): EntriesRead {
  const previousHash = hashAt(store, range.epoch, range.afterSeq);
  if (previousHash === "pruned") return { kind: "pruned" };
  assert(previousHash !== undefined, "the batch begins within the epoch");
  const first = entryKey(range.epoch, range.afterSeq + 1);
  const rows = store
    .prepare<[number, number, number], [key: number, line: Uint8Array]>(
      sql`SELECT key, line FROM entry WHERE key BETWEEN ? AND ? ORDER BY key LIMIT ? /* replicator */`,
    )
    .raw()
    .iterate(first, entryKey(range.epoch + 1, 0) - 1, range.entriesMax) as IterableIterator<[key: number, line: Uint8Array]>;
  let entries = 0;
  let bytes = 0;
  for (const [key, line] of rows) {
    bytes += line.length + 1;
    if (entries > 0 && bytes > range.bytesMax) break;
    assert(key === first + entries, "entries are dense");
    take(line);
    entries += 1;
  }
  const lastHash = entries === 0 ? previousHash : hashAt(store, range.epoch, range.afterSeq + entries);
  assert(lastHash !== undefined && lastHash !== "pruned", "an entry that was read has its hash");
  return { kind: "read", entries, previousHash, lastHash };
}
