import type { Database } from "../../../apps/cloud-sync/src/db/database.ts";
import { sql } from "../../../apps/cloud-sync/src/db/sql.ts";

/** Tables in which the parts simulated here keep things. */
const TABLES = [
  "setting",
  "shard",
  "store",
  "terminal",
  "terminal_key",
  "enrol_code",
  "journal",
  "segment",
  "fork",
  "verdict",
  "subscriber_cursor",
  "transaction",
  "duplicate_entry",
  "set_aside",
  "running_total",
];

/** Keeps a copy of everything under a name, as a backup of the database would. */
export const backUp = (db: Database, name: string): Promise<void> =>
  db.script(`
    DROP SCHEMA IF EXISTS ${name} CASCADE; CREATE SCHEMA ${name};
    ${TABLES.map((table) => `CREATE TABLE ${name}.${table} AS TABLE public.${table};`).join("\n")}`);

/** Everything becomes what it was at the backup. Foreign keys and triggers look away meanwhile, as in a physical restore. */
export const restore = (db: Database, name: string): Promise<void> =>
  db.script(`
    BEGIN; SET LOCAL session_replication_role = replica;
    TRUNCATE ${TABLES.map((table) => `public.${table}`).join(", ")} CASCADE;
    ${TABLES.map((table) => `INSERT INTO public.${table} OVERRIDING SYSTEM VALUE SELECT * FROM ${name}.${table};`).join("\n")}
    COMMIT;`);

export const hasBackUp = async (db: Database, name: string): Promise<boolean> =>
  (await db.query(sql`SELECT 1 FROM pg_namespace WHERE nspname = ${name}`)).length > 0;

export const dropBackUp = (db: Database, name: string): Promise<void> => db.script(`DROP SCHEMA IF EXISTS ${name} CASCADE;`);
