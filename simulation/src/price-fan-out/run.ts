import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger } from "../../../apps/cloud-sync/src/config/logger.ts";
import { openDatabase } from "../../../apps/cloud-sync/src/db/open-database.ts";
import { start } from "../world/programs.ts";
import { measurePriceFanOut, type PriceFanOutResult } from "./measure.ts";

export interface PriceFanOutSize {
  readonly terminals: number;
  /** Batches of 100 entries that each terminal has to send. */
  readonly batches: number;
  readonly changes: number;
}

/** Tills of one store: two stores' worth in the smallest run. */
const TERMINALS_PER_STORE = 20;
/** The least that counts as a backlog at the cloud, so that readers step aside as they do in a real one. */
const ENTRIES = 100;

/** `cloud-sync serve` with its embedded PostgreSQL in a folder of its own, the terminals in this process. Leaves nothing behind. */
export async function runPriceFanOut(size: PriceFanOutSize, progress: (line: string) => void): Promise<PriceFanOutResult> {
  const folder = await mkdtemp(join(tmpdir(), "tillsync-prices-"));
  // The database server has a user of its own, which must be able to pass.
  await chmod(folder, 0o755);
  const dir = join(folder, "cloud");
  const cloud = await start("cloud", ["serve", "--data", dir, "--port", "0"]);
  try {
    const db = await openDatabase({ kind: "embedded", dir }, "command", createLogger({ TILLSYNC_LOG_LEVEL: "silent" }));
    try {
      const work = { ...size, stores: Math.ceil(size.terminals / TERMINALS_PER_STORE), entries: ENTRIES };
      return await measurePriceFanOut(String(cloud.ready["url"]), db, work, progress);
    } finally {
      await db.close();
    }
  } catch (error) {
    progress(cloud.output());
    throw error;
  } finally {
    await cloud.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
