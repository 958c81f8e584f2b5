import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { TillsyncError } from "@tillsync/sync-protocol";
import { removeConnection, writeConnection } from "./connection-file.ts";
import { lockFolder } from "./folder-lock.ts";

/** Marks a data folder whose cloud keeps its sales in a database by address; holds no address, since that has a password. */
export const EXTERNAL_MARKER = "external-database";

/**
 * Takes the data folder of a cloud whose database is elsewhere, for as long as it runs; commands find the database through
 * it meanwhile. Throws `data.locked`.
 */
export async function holdFolder(dir: string, url: string): Promise<{ release(): Promise<void> }> {
  const home = join(dir, "postgres");
  await mkdir(home, { recursive: true, mode: 0o700 });
  const lock = lockFolder(dir);
  if (lock === undefined) throw new TillsyncError("data.locked", dir);
  await writeFile(join(dir, EXTERNAL_MARKER), "");
  await writeConnection(home, { owner: "serve", pid: process.pid, address: { url } });
  return {
    release: async () => {
      await removeConnection(home);
      lock.release();
    },
  };
}

/** A folder of such a cloud never gets a second, empty database of its own by mistake. Throws `usage.invalid`. */
export function refuseExternalFolder(dir: string): void {
  if (existsSync(join(dir, EXTERNAL_MARKER)) && !existsSync(join(dir, "postgres", "connection.json")))
    throw new TillsyncError("usage.invalid", "this folder's cloud uses a database by address; name it with --database-url");
}
