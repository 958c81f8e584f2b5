import type Database from "better-sqlite3";
import type { Collection } from "@tillsync/sync-protocol";

/** The file is another one after it was found damaged. */
export interface ReferenceFile {
  readonly db: Database.Database;
  readonly prepare: <Parameters extends unknown[], Row = unknown>(text: string) => Database.Statement<Parameters, Row>;
  /** Local number of the last change; moves with every document that is taken. */
  lastChange: number;
}

/**
 * What flowed down, in a file of its own: it can be fetched again, so its commits do not wait for the disk, and nothing that
 * happens to it touches a sale. Made by `openReferenceStore`; every operation takes it as its first argument.
 */
export interface ReferenceStore {
  readonly dir: string;
  readonly mode: "write" | "read";
  readonly now: () => number;
  /** The file in use now. */
  file: ReferenceFile;
  /** Called after each commit that changed documents, with the collections that it changed. Listeners must not throw. */
  readonly listeners: Set<(changed: ReadonlySet<Collection>) => void>;
  /** Times that a damaged file was put aside since opening. */
  damaged: number;
  /** Called when that has happened: what was known of the file is void. Set by whoever loads it. */
  onReplaced: () => void;
  readonly close: () => void;
}
