import type Database from "better-sqlite3";
import type { Hlc } from "@tillsync/sync-protocol";

/**
 * The journal's end, kept in memory by the one writer. It moves only after a commit; what is on disk wins at the next
 * opening.
 */
export interface JournalEnd {
  epoch: number;
  seq: number;
  hash: Uint8Array;
  hlc: Hlc;
}

/** An open data folder. Made by `openAgentStore`; every operation takes it as its first argument. */
export interface AgentStore {
  readonly dir: string;
  readonly db: Database.Database;
  readonly mode: "write" | "read";
  /** RFC 7638 thumbprint of the journal key that new epochs are written under. */
  readonly journalKey: string;
  readonly now: () => number;
  readonly end: JournalEnd;
  /** Called after each commit that appended. Listeners must not throw. */
  readonly listeners: Set<() => void>;
  /** The prepared statement of this text, kept for the life of the store. */
  readonly prepare: <Parameters extends unknown[], Row = unknown>(text: string) => Database.Statement<Parameters, Row>;
  /** Closes the database and frees the folder. */
  readonly close: () => void;
}
