import type { Database } from "../database.ts";
import { migrate } from "../migrate.ts";
import { openPglite } from "../pglite.ts";

let template: Promise<Blob> | undefined;

/** A migrated database in this process, for one test or one file of tests: copied from one that is made once. Close it. */
export async function openTestDatabase(): Promise<Database> {
  template ??= makeTemplate();
  return openPglite({ loadDataDir: await template });
}

async function makeTemplate(): Promise<Blob> {
  const db = await openPglite();
  await migrate(db);
  const dump = await db.dump();
  await db.close();
  return dump;
}
