/* Measures how long a changed price takes to many connected terminals. Prints one JSON document. */
import { mkdtemp, rm, chmod } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { openDatabase } from "../../../apps/cloud-sync/src/db/open-database.ts";
import { start } from "../world/programs.ts";
import { measurePriceFanOut } from "./measure.ts";

const number = (name: string, otherwise: number): number => Number(process.env[`TILLSYNC_FAN_OUT_${name}`] ?? otherwise);
const terminals = number("TERMINALS", 1_000);
const work = { terminals, stores: Math.max(1, terminals / 20), batches: number("BATCHES", 4), entries: 100, changes: number("CHANGES", 5) };

const folder = await mkdtemp(join(tmpdir(), "tillsync-prices-"));
await chmod(folder, 0o755);
const dir = join(folder, "cloud");
const cloud = await start(
  "cloud",
  ["serve", "--data", dir, "--port", "0"],
  process.env["TILLSYNC_PROF"] ? { NODE_OPTIONS: process.env["TILLSYNC_PROF"] } : {},
);
try {
  const db = await openDatabase({ kind: "embedded", dir }, "command", pino({ level: "silent" }));
  const progress = (line: string): void => console.error(line);
  try {
    console.log(JSON.stringify(await measurePriceFanOut(String(cloud.ready["url"]), db, work, progress)));
  } finally {
    await db.close();
  }
} catch (error) {
  console.error(cloud.output());
  throw error;
} finally {
  await cloud.stop();
  await rm(folder, { recursive: true, force: true });
}
