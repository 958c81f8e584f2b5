import type { Database } from "../database.ts";
import { migrate } from "../migrate.ts";
import { openPglite } from "../pglite.ts";

/** A migrated database in this process, for one test or one file of tests. Close it. */
export async function openTestDatabase(): Promise<Database> {
  const db = await openPglite();
  await migrate(db);
  return db;
}
