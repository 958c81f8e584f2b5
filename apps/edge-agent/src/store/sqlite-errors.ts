import Database from "better-sqlite3";
import { TillsyncError } from "@tillsync/sync-protocol";

/** Turns what SQLite throws into a code of the catalogue; anything else comes back as it is. */
export function translateSqliteError(cause: unknown): unknown {
  if (!(cause instanceof Database.SqliteError)) return cause;
  const { code } = cause;
  if (code === "SQLITE_FULL" || code === "SQLITE_IOERR_SHMSIZE") return new TillsyncError("store.disk-full", code, { cause });
  if (code.startsWith("SQLITE_CORRUPT") || code === "SQLITE_NOTADB") return new TillsyncError("store.corrupt", code, { cause });
  if (code.startsWith("SQLITE_BUSY")) return new TillsyncError("data.locked", code, { cause });
  if (code.startsWith("SQLITE_IOERR") || code.startsWith("SQLITE_CANTOPEN") || code.startsWith("SQLITE_READONLY"))
    return new TillsyncError("store.disk-error", code, { cause });
  return cause;
}
