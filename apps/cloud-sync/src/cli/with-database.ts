import { existsSync } from "node:fs";
import { join } from "node:path";
import { TillsyncError } from "@tillsync/sync-protocol";
import { chooseDatabase } from "../config/database-choice.ts";
import { createLogger } from "../config/logger.ts";
import { EXTERNAL_MARKER } from "../db/embedded/hold-folder.ts";
import type { Database } from "../db/database.ts";
import { openDatabase } from "../db/open-database.ts";

/**
 * Runs a command's work on the database: that of the running cloud if one runs, otherwise on a server that lives as long
 * as the command. `create`: whether a data folder that does not exist is made. Throws `data.not-found`, `db.*`, `data.*`.
 */
export async function withDatabase<T>(
  flags: Record<string, unknown>,
  work: (db: Database) => Promise<T>,
  options: { create?: boolean } = {},
): Promise<T> {
  const choice = chooseDatabase(flags, process.env);
  if (choice.kind === "embedded" && options.create !== true && !holdsCloud(choice.dir))
    throw new TillsyncError("data.not-found", choice.dir);
  const db = await openDatabase(choice, "command", createLogger(process.env, "warn"));
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}

/** A database of its own, a running cloud's address of one, or the mark of a cloud whose database is elsewhere. */
const holdsCloud = (dir: string): boolean =>
  ["postgres/cluster", "postgres/connection.json", EXTERNAL_MARKER].some((name) => existsSync(join(dir, name)));
