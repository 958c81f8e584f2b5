import { definition, LINES, NULLABLE, TENDERS, type Columns, type Tables } from "./columns.ts";
import type { PostgresTableConfig } from "./manifest.ts";

/** Several workers may come at once; `IF NOT EXISTS` alone fails for the one that comes second. The number is ours for this. */
const LOCK = 7_455_318_602;

/**
 * Statements that create what is missing, to run as one script: it is one transaction. What is there already is left as
 * it is, whoever made it. The schema itself is the warehouse's own.
 */
export function createTablesScript(config: PostgresTableConfig, tables: Tables): string {
  const create = (table: string, columns: Columns, key: string): string =>
    `CREATE TABLE IF NOT EXISTS ${table} (${withNotNull(columns)}, PRIMARY KEY (${key}));`;
  return [
    `SELECT pg_advisory_xact_lock(${LOCK});`,
    create(tables.main, tables.columns, "identity"),
    `CREATE INDEX IF NOT EXISTS "${config.table}_key" ON ${tables.main} (natural_key, revision);`,
    tables.lines === undefined ? "" : create(tables.lines, LINES, "identity, n"),
    tables.tenders === undefined ? "" : create(tables.tenders, TENDERS, "identity, n"),
    `DO $$ BEGIN IF to_regclass('${tables.latest}') IS NULL THEN
      CREATE VIEW ${tables.latest} AS SELECT * FROM ${tables.main} r WHERE NOT EXISTS
        (SELECT FROM ${tables.main} later WHERE later.natural_key = r.natural_key AND later.revision > r.revision);
    END IF; END $$;`,
  ].join("\n");
}

const withNotNull = (columns: Columns): string =>
  columns.map(([name, type]) => `${definition([[name, type]])}${NULLABLE.has(name) ? "" : " NOT NULL"}`).join(", ");
