import { epoch, seq, toHex, type JournalHead } from "@tillsync/sync-protocol";
import type { AgentStore } from "../store/agent-store.ts";
import { sql } from "../store/sql.ts";
import { readEpochEnd } from "./read-journal-end.ts";

/** The head of an epoch, with what a replicator needs to know of it. */
export interface LocalHead extends JournalHead {
  /** Thumbprint of the key that the epoch is written and signed under. */
  readonly journalKey: string;
  /** Its open entries were carried over to a later epoch; it is not pushed any more. */
  readonly closed: boolean;
}

/** All epochs of this terminal, oldest first; the last one is the one that grows. */
export function journalHeads(store: AgentStore): LocalHead[] {
  return store
    .prepare<[], { epoch: number; journal_key: string; closed: number }>(sql`SELECT epoch, journal_key, closed FROM epoch ORDER BY epoch`)
    .all()
    .map((row) => {
      const end = readEpochEnd(store.prepare, row.epoch);
      return { epoch: epoch(row.epoch), seq: seq(end.seq), hash: toHex(end.hash), journalKey: row.journal_key, closed: row.closed === 1 };
    });
}
