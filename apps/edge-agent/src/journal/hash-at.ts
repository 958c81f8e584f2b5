import type { AgentStore } from "../store/agent-store.ts";
import { sql } from "../store/sql.ts";
import { entryKey } from "./entry-key.ts";
import { readAnchor } from "./read-journal-end.ts";

/**
 * The chain's hash after entry `seq` of an epoch (the genesis hash for 0). `"pruned"`: the entry is gone and its hash
 * with it. `undefined`: the epoch is unknown or does not go that far.
 */
export function hashAt(store: AgentStore, epoch: number, seq: number): Uint8Array | "pruned" | undefined {
  const row = store.prepare<[number], { hash: Uint8Array }>(sql`SELECT hash FROM entry WHERE key = ?`).get(entryKey(epoch, seq));
  if (row !== undefined) return row.hash;
  const anchor = readAnchor(store.prepare, epoch);
  if (anchor === undefined) return undefined;
  if (seq === anchor.seq) return anchor.hash;
  return seq < anchor.seq ? "pruned" : undefined;
}
