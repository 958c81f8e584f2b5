import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { TillsyncError } from "@tillsync/sync-protocol";
import { makePrivateFile } from "./private-file.ts";

/** How long a starting process waits for one that is just closing. */
const LOCK_WAIT_MS = 300;

/**
 * Makes this process the only writer of a data folder. The lock is an exclusive transaction on a file of its own: the
 * operating system drops it with the process, however that ends. `lock.pid` is only for people.
 * Throws `data.locked`, naming the holder where it is known.
 */
export function lockFolder(dir: string): { release(): void } {
  const pidFile = join(dir, "lock.pid");
  makePrivateFile(join(dir, "lock.sqlite"));
  const db = new Database(join(dir, "lock.sqlite"), { timeout: LOCK_WAIT_MS });
  try {
    db.exec("BEGIN EXCLUSIVE");
  } catch (cause) {
    db.close();
    if (cause instanceof Database.SqliteError && cause.code.startsWith("SQLITE_BUSY"))
      throw new TillsyncError("data.locked", holder(pidFile));
    throw cause;
  }
  writeFileSync(pidFile, `${process.pid}\n`, { mode: 0o600 });
  return {
    release() {
      rmSync(pidFile, { force: true });
      db.close();
    },
  };
}

function holder(pidFile: string): string | undefined {
  try {
    return `process ${readFileSync(pidFile, "utf8").trim()}`;
  } catch {
    return undefined;
  }
}

/** Whether somebody holds the folder's lock, and who where it is known. Takes nothing. */
export function probeLock(dir: string): string {
  const path = join(dir, "lock.sqlite");
  if (!existsSync(path)) return "free";
  const db = new Database(path, { readonly: true, timeout: 0 });
  try {
    db.prepare("SELECT count(*) FROM sqlite_schema").get();
    return "free";
  } catch {
    return holder(join(dir, "lock.pid")) ?? "another process";
  } finally {
    db.close();
  }
}
