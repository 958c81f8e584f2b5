import { resolve } from "node:path";
import type { Logger } from "pino";
import type { DatabaseChoice } from "../config/database-choice.ts";
import type { Database } from "./database.ts";
import { holdFolder, refuseExternalFolder } from "./embedded/hold-folder.ts";
import { openEmbedded } from "./embedded/open-embedded.ts";
import { migrate } from "./migrate.ts";
import { openPostgres } from "./postgres.ts";

/**
 * Opens the database that was chosen and brings it to this version. A serving process also takes `dataDir` for itself.
 * Throws `db.*`, `data.locked`, `data.future`, `usage.invalid`.
 */
export async function openDatabase(choice: DatabaseChoice, role: "serve" | "command", log: Logger, dataDir?: string): Promise<Database> {
  const db = await open(choice, role, log, dataDir);
  try {
    await migrate(db);
    return db;
  } catch (error) {
    await db.close();
    throw error;
  }
}

async function open(choice: DatabaseChoice, role: "serve" | "command", log: Logger, dataDir?: string): Promise<Database> {
  if (choice.kind === "embedded") {
    refuseExternalFolder(resolve(choice.dir));
    return openEmbedded({ dir: choice.dir, role, log });
  }
  const held = dataDir === undefined ? undefined : await holdFolder(resolve(dataDir), choice.url);
  try {
    const db = await openPostgres({ url: choice.url }, log);
    return { ...db, close: async () => (await db.close(), await held?.release()) };
  } catch (error) {
    await held?.release();
    throw error;
  }
}
