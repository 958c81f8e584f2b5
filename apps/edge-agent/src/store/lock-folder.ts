import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { TillsyncError } from "@tillsync/sync-protocol";

/** How long a starting process waits for one that is just closing. */
const LOCK_WAIT_MS = 300;

/**
 * Makes this process the only writer of a data folder. The lock is an exclusive transaction on a file of its own: the
 * operating system drops it with the process, however that ends. `lock.pid` is only for people.
 * Throws `data.locked`, naming the holder where it is known.
 */
export function lockFolder(dir: string): { release(): void } {
  const pidFile = join(dir, "lock.pid");
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
