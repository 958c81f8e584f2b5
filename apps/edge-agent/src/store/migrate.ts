import type Database from "better-sqlite3";
import { assert, TillsyncError } from "@tillsync/sync-protocol";
import { MIGRATIONS } from "./migrations/index.ts";
import type { Migration } from "./migrations/migration.ts";

/**
 * Brings the schema up to date, each step in one transaction with its version. Throws `data.future` for a database that
 * a newer version wrote in a way that this one cannot go on with; nothing is changed then.
 */
export function migrate(db: Database.Database, migrations: readonly Migration[] = MIGRATIONS): void {
  refuseFuture(db, migrations);
  const version = schemaVersion(db);
  let previous = 0;
  for (const migration of migrations) {
    assert(migration.version > previous, "migrations in ascending order");
    previous = migration.version;
    if (migration.version > version) applyStep(db, migration);
  }
}

export const schemaVersion = (db: Database.Database): number => db.pragma("user_version", { simple: true }) as number;

/** Throws `data.future` unless all that a newer version added leaves room for this one. */
export function refuseFuture(db: Database.Database, migrations: readonly Migration[] = MIGRATIONS): void {
  const version = schemaVersion(db);
  const newest = migrations.at(-1)?.version ?? 0;
  if (version > newest && oldestWriter(db) > newest)
    throw new TillsyncError("data.future", `schema ${version}, this version knows ${newest}`);
}

/** In `meta`, so that it changes with the step: `VERSION OLDEST`, the schema and the lowest whose agents can still work with it. */
const OLDEST_WRITER = "schema.oldest-writer";

/** A database without a mark of its very version is for that version alone. */
function oldestWriter(db: Database.Database): number {
  if (!hasMeta(db)) return schemaVersion(db);
  const row = db.prepare<[string], { value: string }>("SELECT value FROM meta WHERE key = ?").get(OLDEST_WRITER);
  const [version, oldest] = row?.value.split(" ").map(Number) ?? [];
  return version === schemaVersion(db) && oldest !== undefined ? oldest : schemaVersion(db);
}

const hasMeta = (db: Database.Database): boolean =>
  db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'meta'").get() !== undefined;

function applyStep(db: Database.Database, step: Migration): void {
  db.transaction(() => {
    const oldest = step.expands === true ? oldestWriter(db) : step.version;
    db.exec(step.sql);
    db.pragma(`user_version = ${step.version}`);
    if (hasMeta(db)) db.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)").run(OLDEST_WRITER, `${step.version} ${oldest}`);
  }).immediate();
}
