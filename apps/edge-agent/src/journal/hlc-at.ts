import { assert, type Hlc } from "@tillsync/sync-protocol";
import type { AgentStore } from "../store/agent-store.ts";
import { sql } from "../store/sql.ts";
import { entryKey } from "./entry-key.ts";
import { lineHlc } from "./read-journal-end.ts";

/** The time of an entry that is there; in the open transaction too. */
export function hlcAt(store: AgentStore, epoch: number, seq: number): Hlc {
  const row = store.prepare<[number], { line: Uint8Array }>(sql`SELECT line FROM entry WHERE key = ?`).get(entryKey(epoch, seq));
  assert(row !== undefined, "the entry is there");
  return lineHlc(row.line);
}
