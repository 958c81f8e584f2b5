import { createHash, randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Database } from "../database.ts";
import { loadMigrations, migrate } from "../migrate.ts";
import { openPglite } from "../pglite.ts";

/** For hooks that open the first database of a run on a busy machine. */
export const OPEN_TEST_DATABASE_MAX_MS = 120_000;

const cache = fileURLToPath(new URL("../../../../../node_modules/.cache/tillsync/", import.meta.url));

let template: Promise<Blob> | undefined;

/**
 * A migrated database in this process, for one test or one file of tests. Copied from one that is made once for these
 * migrations and kept beside the installed packages, since making it takes seconds and copying it a fraction. Close it.
 */
export async function openTestDatabase(): Promise<Database> {
  template ??= findTemplate();
  return openPglite({ loadDataDir: await template });
}

async function findTemplate(): Promise<Blob> {
  const migrations = await loadMigrations();
  const digest = createHash("sha256")
    .update(JSON.stringify(migrations))
    .update(import.meta.resolve("@electric-sql/pglite"))
    .digest("hex");
  const file = `${cache}pglite-${digest.slice(0, 16)}.tar`;
  const known = await readFile(file).catch(() => undefined);
  if (known !== undefined) return new Blob([known]);
  const db = await openPglite();
  await migrate(db, migrations);
  const dump = await db.dump();
  await db.close();
  await keep(file, dump);
  return dump;
}

/** Written aside and moved, since several test processes come at once. Older ones go: migrations have moved on. */
async function keep(file: string, dump: Blob): Promise<void> {
  await mkdir(cache, { recursive: true });
  const draft = `${file}.${randomBytes(4).toString("hex")}`;
  await writeFile(draft, Buffer.from(await dump.arrayBuffer()));
  await rename(draft, file);
  const stale = (await readdir(cache)).filter((name) => /^pglite-[0-9a-f]+\.tar$/.test(name) && !file.endsWith(name));
  await Promise.all(stale.map((name) => rm(`${cache}${name}`, { force: true })));
}
