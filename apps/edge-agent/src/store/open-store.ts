import { existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { TillsyncError } from "@tillsync/sync-protocol";
import { openJournal } from "../journal/open-journal.ts";
import { readJournalEnd } from "../journal/read-journal-end.ts";
import type { AgentStore } from "./agent-store.ts";
import { makePrivateFile } from "./private-file.ts";
import { lockFolder } from "./lock-folder.ts";
import { migrate, refuseFuture, schemaVersion } from "./migrate.ts";
import { MIGRATIONS } from "./migrations/index.ts";
import { translateSqliteError } from "./sqlite-errors.ts";

/** Larger databases are checked by `doctor` and `verify` alone: the check reads every page, and selling does not wait for it. */
const CHECK_AT_OPEN_BYTES_MAX = 64 * 1024 * 1024;
/**
 * For a new database; one that exists keeps its own. A sale's line is about 2 KB: pages of 4 KB hold one, so that nearly every
 * sale also changes the tree above. With 8 KB a sale touches 3.6 pages
 * instead of 5.1; the capture bench went from 0.51 to 0.64 of its floor.
 */
const PAGE_BYTES = 8_192;
/** Pages of the write-ahead log before it is folded back (16 MiB): rarer than SQLite's default, since each sale touches several pages. */
const WAL_AUTOCHECKPOINT_PAGES = 2_000;
/** The log file is cut back to this after it was folded in, so that a bulk capture does not keep its size on a small disk. */
const WAL_KEEP_BYTES = 32 * 1024 * 1024;
/** Page cache in KiB: reading back for the replicator is sequential, a small cache is enough. */
const CACHE_KIB = 4_096;

export const DATABASE_FILE = "agent.sqlite";

export interface OpenOptions {
  /** Milliseconds since 1970 by this machine's clock, right or wrong. */
  readonly now: () => number;
  /** RFC 7638 thumbprint of the terminal's journal key (`keys/`); the genesis hash of new epochs is made from it. */
  readonly journalKey: string;
  /**
   * `write` (the default) locks the folder for this process, creates and migrates the database and starts a new epoch
   * where the folder was copied. `read` looks on beside a writer and changes nothing.
   */
  readonly mode?: "write" | "read";
}

/**
 * Opens the store of a data folder. Throws `data.locked`, `data.future`, `data.not-found` (`read` only), `store.corrupt`,
 * `store.disk-full`, `store.disk-error`. Nothing was changed when it throws one of the first three.
 */
export function openAgentStore(dir: string, options: OpenOptions): AgentStore {
  return options.mode === "read" ? openReader(dir, options) : openWriter(dir, options);
}

function openWriter(dir: string, options: OpenOptions): AgentStore {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const lock = lockFolder(dir);
  let db: Database.Database | undefined;
  try {
    makePrivateFile(join(dir, DATABASE_FILE));
    db = new Database(join(dir, DATABASE_FILE));
    refuseFuture(db);
    db.pragma(`page_size = ${PAGE_BYTES}`);
    db.pragma("journal_mode = WAL");
    // FULL: the log is synced by every commit. NORMAL would lose the last sales with the power.
    db.pragma("synchronous = FULL");
    db.pragma(`wal_autocheckpoint = ${WAL_AUTOCHECKPOINT_PAGES}`);
    db.pragma(`journal_size_limit = ${WAL_KEEP_BYTES}`);
    checkIntegrity(db, dir);
    migrate(db);
    const store = makeStore(dir, db, options, () => lock.release());
    openJournal(store);
    return store;
  } catch (cause) {
    db?.close();
    lock.release();
    throw translateSqliteError(cause);
  }
}

function openReader(dir: string, options: OpenOptions): AgentStore {
  if (!existsSync(join(dir, DATABASE_FILE))) throw new TillsyncError("data.not-found");
  let db: Database.Database | undefined;
  try {
    db = new Database(join(dir, DATABASE_FILE), { readonly: true });
    refuseFuture(db);
    if (schemaVersion(db) < (MIGRATIONS.at(-1)?.version ?? 0))
      throw new TillsyncError("data.not-found", "written by an older version; run the agent once");
    return makeStore(dir, db, options, () => {});
  } catch (cause) {
    db?.close();
    throw translateSqliteError(cause);
  }
}

function makeStore(dir: string, db: Database.Database, options: OpenOptions, release: () => void): AgentStore {
  db.pragma(`cache_size = -${CACHE_KIB}`);
  const statements = new Map<string, Database.Statement<never[]>>();
  const prepare: AgentStore["prepare"] = <P extends unknown[], R>(text: string) => {
    let statement = statements.get(text);
    if (statement === undefined) statements.set(text, (statement = db.prepare(text)));
    return statement as unknown as Database.Statement<P, R>;
  };
  return {
    dir,
    db,
    mode: options.mode ?? "write",
    journalKey: options.journalKey,
    now: options.now,
    end: readJournalEnd(prepare),
    listeners: new Set(),
    prepare,
    close() {
      db.close();
      release();
    },
  };
}

function checkIntegrity(db: Database.Database, dir: string): void {
  if (statSync(join(dir, DATABASE_FILE)).size > CHECK_AT_OPEN_BYTES_MAX) return;
  const found = db.pragma("quick_check(1)", { simple: true }) as string;
  if (found !== "ok") throw new TillsyncError("store.corrupt", found.slice(0, 200));
}
