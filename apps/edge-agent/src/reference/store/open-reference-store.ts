import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { TillsyncError } from "@tillsync/sync-protocol";
import { migrate, schemaVersion } from "../../store/migrate.ts";
import { makePrivateFile } from "../../store/private-file.ts";
import { sql } from "../../store/sql.ts";
import { translateSqliteError } from "../../store/sqlite-errors.ts";
import { readReferenceMeta, writeReferenceMeta } from "./meta.ts";
import { REFERENCE_MIGRATIONS } from "./migrations.ts";
import type { ReferenceFile, ReferenceStore } from "./reference-store.ts";

export const REFERENCE_FILE = "reference.sqlite";
/** One damaged file is kept for a look at it; a second one takes its place. */
export const DAMAGED_FILE = "reference.damaged.sqlite";

/** A product is some 350 bytes: pages of 8 KB hold 20, so that a first load touches half as many. */
const PAGE_BYTES = 8_192;
/** The indexes of 100,000 products with prices; given back when the file is closed. Reads of single documents need far less. */
const CACHE_KIB = 16_384;
/** Pages of the write-ahead log before it is folded back (8 MiB): each time costs an fsync or two. */
const WAL_AUTOCHECKPOINT_PAGES = 1_000;
const WAL_KEEP_BYTES = 16 * 1024 * 1024;
/**
 * Local change numbers of a new file begin here times the second of its making, so that a window with a checkpoint of the
 * file before is noticed. A million changes a second leave the range free.
 */
const CHANGES_PER_SECOND = 1_000_000;

export interface OpenReferenceOptions {
  /** Milliseconds since 1970 by this machine's clock, right or wrong. */
  readonly now: () => number;
  /** `write` (the default) needs the folder's lock, which the caller holds. `read` looks on beside the writer. */
  readonly mode?: "write" | "read";
}

/**
 * Opens `DIR/reference.sqlite`: WAL, `synchronous=NORMAL`. NORMAL may lose the last commits with the power, never their
 * order: positions are written together with their documents, so the rest is fetched again. A writer puts a damaged file,
 * and one of a newer version, aside and begins an empty one: nothing in it is the only copy. A reader throws
 * `data.not-found`, `data.future` or `store.corrupt`; a writer `store.disk-full` and `store.disk-error`.
 */
export function openReferenceStore(dir: string, options: OpenReferenceOptions): ReferenceStore {
  const { now, mode = "write" } = options;
  return makeStore(dir, mode, now, mode === "read" ? openReader(dir) : openOrBegin(dir, now));
}

/** An empty store that is gone with the process, for an agent whose disk gives it none. */
export function openReferenceInMemory(dir: string, now: () => number): ReferenceStore {
  const db = new Database(":memory:");
  migrate(db, REFERENCE_MIGRATIONS);
  return makeStore(dir, "write", now, makeFile(db));
}

function makeStore(dir: string, mode: "write" | "read", now: () => number, file: ReferenceFile): ReferenceStore {
  const store: ReferenceStore = {
    dir,
    mode,
    now,
    file,
    listeners: new Set(),
    damaged: 0,
    onReplaced: () => undefined,
    close: () => store.file.db.close(),
  };
  return store;
}

/** Puts the damaged file of an open store aside and goes on with an empty one. */
export function replaceDamaged(store: ReferenceStore): void {
  store.damaged += 1;
  store.file.db.close();
  putAside(store.dir);
  store.file = openWriter(store.dir, store.now);
  store.onReplaced();
}

function openOrBegin(dir: string, now: () => number): ReferenceFile {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  try {
    return openWriter(dir, now);
  } catch (cause) {
    if (!(cause instanceof TillsyncError) || (cause.code !== "store.corrupt" && cause.code !== "data.future")) throw cause;
    putAside(dir);
    return openWriter(dir, now);
  }
}

function openWriter(dir: string, now: () => number): ReferenceFile {
  const path = join(dir, REFERENCE_FILE);
  let db: Database.Database | undefined;
  try {
    makePrivateFile(path);
    db = new Database(path);
    db.pragma(`page_size = ${PAGE_BYTES}`);
    db.pragma("journal_mode = WAL");
    db.pragma("synchronous = NORMAL");
    db.pragma(`wal_autocheckpoint = ${WAL_AUTOCHECKPOINT_PAGES}`);
    db.pragma(`journal_size_limit = ${WAL_KEEP_BYTES}`);
    migrate(db, REFERENCE_MIGRATIONS);
    const file = makeFile(db);
    if (file.lastChange === 0) {
      file.lastChange = Math.floor(now() / 1_000) * CHANGES_PER_SECOND;
      writeReferenceMeta(file, "last-change", String(file.lastChange));
      writeReferenceMeta(file, "first-change", String(file.lastChange));
    }
    return file;
  } catch (cause) {
    db?.close();
    throw translateSqliteError(cause);
  }
}

function openReader(dir: string): ReferenceFile {
  const path = join(dir, REFERENCE_FILE);
  if (!existsSync(path)) throw new TillsyncError("data.not-found", "no reference data yet");
  let db: Database.Database | undefined;
  try {
    db = new Database(path, { readonly: true });
    const [found, wanted] = [schemaVersion(db), REFERENCE_MIGRATIONS.at(-1)?.version ?? 0];
    if (found > wanted) throw new TillsyncError("data.future", `reference data ${found}, this version knows ${wanted}`);
    if (found < wanted) throw new TillsyncError("data.not-found", "reference data of an older version; run the agent once");
    return makeFile(db);
  } catch (cause) {
    db?.close();
    throw translateSqliteError(cause);
  }
}

function makeFile(db: Database.Database): ReferenceFile {
  db.pragma(`cache_size = -${CACHE_KIB}`);
  const statements = new Map<string, Database.Statement<never[]>>();
  const prepare: ReferenceFile["prepare"] = <P extends unknown[], R>(text: string) => {
    let statement = statements.get(text);
    if (statement === undefined) statements.set(text, (statement = db.prepare(text)));
    return statement as unknown as Database.Statement<P, R>;
  };
  // Reads the schema and a page of it: what is no database shows here.
  db.prepare(sql`SELECT count(*) FROM sqlite_schema`).get();
  const file: ReferenceFile = { db, prepare, lastChange: 0 };
  file.lastChange = Number(readReferenceMeta(file, "last-change") ?? 0);
  return file;
}

function putAside(dir: string): void {
  for (const suffix of ["", "-wal", "-shm"]) {
    rmSync(join(dir, DAMAGED_FILE + suffix), { force: true });
    if (existsSync(join(dir, REFERENCE_FILE + suffix))) renameSync(join(dir, REFERENCE_FILE + suffix), join(dir, DAMAGED_FILE + suffix));
  }
}
