import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { TillsyncError } from "@tillsync/sync-protocol";
import type { Database, Queryable } from "./database.ts";
import { sql } from "./sql.ts";

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly text: string;
}

/** Number of the advisory lock that keeps two processes from migrating one database at once. */
const MIGRATE_LOCK = 7_455_001;

/**
 * Brings the database to this version: forward only, each migration in a transaction of its own, one process at a time.
 * Throws `data.future` when the database knows a migration that this version does not; nothing is changed then.
 */
export async function migrate(db: Database, migrations?: readonly Migration[]): Promise<void> {
  const known = migrations ?? (await loadMigrations());
  await db.transaction(async (tx) => {
    await lock(tx);
    await tx.script(
      "CREATE TABLE IF NOT EXISTS migration (number int PRIMARY KEY, name text NOT NULL, at timestamptz NOT NULL DEFAULT now())",
    );
    refuseFuture(await appliedNumbers(tx), known);
  });
  for (const migration of known) await db.transaction((tx) => apply(tx, migration));
}

async function apply(tx: Queryable, migration: Migration): Promise<void> {
  await lock(tx);
  if ((await appliedNumbers(tx)).includes(migration.number)) return;
  await tx.script(migration.text);
  await tx.query(sql`INSERT INTO migration (number, name) VALUES (${migration.number}, ${migration.name})`);
}

/** Held to the end of the transaction: whoever comes second finds the first one's work done. */
const lock = (tx: Queryable): Promise<unknown> => tx.query(sql`SELECT pg_advisory_xact_lock(${MIGRATE_LOCK}::bigint)`);

async function appliedNumbers(tx: Queryable): Promise<number[]> {
  return (await tx.query<{ number: number }>(sql`SELECT number FROM migration ORDER BY number`)).map((row) => row.number);
}

function refuseFuture(applied: readonly number[], known: readonly Migration[]): void {
  const numbers = new Set(known.map((migration) => migration.number));
  const unknown = applied.find((number) => !numbers.has(number));
  if (unknown !== undefined) throw new TillsyncError("data.future", `database has migration ${unknown}`);
}

/** `NNNN_name.sql`, in tens so that a late fix fits between; beside the sources and beside the bundle alike. */
export async function loadMigrations(): Promise<Migration[]> {
  const folder = ["../../migrations/", "../migrations/"].map((path) => new URL(path, import.meta.url)).find((url) => existsSync(url));
  if (folder === undefined) throw new Error("the package's migrations folder is missing");
  const files = (await readdir(folder)).filter((file) => file.endsWith(".sql")).toSorted();
  return Promise.all(
    files.map(async (file) => ({
      number: Number(file.slice(0, 4)),
      name: file.slice(5, -4),
      text: await readFile(new URL(file, folder), "utf8"),
    })),
  );
}
