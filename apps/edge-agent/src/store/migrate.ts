import type Database from "better-sqlite3";
import { assert, TillsyncError } from "@tillsync/sync-protocol";
import { MIGRATIONS } from "./migrations/index.ts";
import type { Migration } from "./migrations/migration.ts";

/**
 * Brings the schema up to date, each step in one transaction with its version. Throws `data.future` for a database that
 * a newer version wrote; nothing is changed then.
 */
export function migrate(db: Database.Database, migrations: readonly Migration[] = MIGRATIONS): void {
  const version = schemaVersion(db);
  const newest = migrations.at(-1)?.version ?? 0;
  if (version > newest) throw new TillsyncError("data.future", `schema ${version}, this version knows ${newest}`);
  let previous = 0;
  for (const migration of migrations) {
    assert(migration.version > previous, "migrations in ascending order");
    previous = migration.version;
    if (migration.version > version) applyStep(db, migration);
  }
}

export const schemaVersion = (db: Database.Database): number => db.pragma("user_version", { simple: true }) as number;

function applyStep(db: Database.Database, step: Migration): void {
  db.transaction(() => {
    db.exec(step.sql);
    db.pragma(`user_version = ${step.version}`);
  }).immediate();
}
