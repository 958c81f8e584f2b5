import { definition, LINES, names, TENDERS, type Columns, type Tables } from "./columns.ts";

/**
 * One statement for a whole batch: all of it is stored or none. `$1` holds the receipts as a JSON array of objects; `$2`
 * and `$3` the lines and tenders where there are such tables. A row that is there already as it should be is not
 * written again; lines past a receipt's last go.
 */
export function upsertStatement(tables: Tables): string {
  const parts = [
    tables.lines === undefined ? [] : beside("lines", tables.lines, LINES, "line_count", "$2"),
    tables.tenders === undefined
      ? []
      : beside("tenders", tables.tenders, TENDERS, "tender_count", tables.lines === undefined ? "$2" : "$3"),
  ].flat();
  const receipts = (columns: Columns): string => `json_to_recordset($1::json) AS g (${definition(columns)})`;
  if (parts.length === 0) return insert(tables.main, tables.columns, "identity", receipts(tables.columns));
  const given: Columns = [...tables.columns, ["line_count", "integer"], ["tender_count", "integer"]];
  return `WITH given AS MATERIALIZED (SELECT * FROM ${receipts(given)})${parts.map((part) => `,\n${part}`).join("")}
${insert(tables.main, tables.columns, "identity", "given")}`;
}

/** A table beside the receipts: what is past a receipt's last goes, the rest is put in place. */
const beside = (name: string, table: string, columns: Columns, count: string, parameter: string): string[] => [
  `${name}_gone AS (DELETE FROM ${table} gone USING given WHERE gone.identity = given.identity AND gone.n > given.${count})`,
  `${name}_here AS (${insert(table, columns, "identity, n", `json_to_recordset(${parameter}::json) AS g (${definition(columns)})`)})`,
];

function insert(table: string, columns: Columns, key: string, from: string): string {
  const keys = new Set(key.split(", "));
  const rest = columns.filter(([name]) => !keys.has(name));
  const as = (source: string): string =>
    // JSON has no equality of its own: what was written is compared as text.
    rest.map(([name, type]) => `${source}."${name}"${type === "json" ? "::text" : ""}`).join(", ");
  return `INSERT INTO ${table} AS here (${names(columns)}) SELECT ${names(columns)} FROM ${from}
ON CONFLICT (${key}) DO UPDATE SET ${rest.map(([name]) => `"${name}" = excluded."${name}"`).join(", ")}
WHERE (${as("here")}) IS DISTINCT FROM (${as("excluded")})`;
}
