import type { PostgresTableConfig } from "./manifest.ts";

/** A column's name and type, in the order of the table. The first ones are the primary key. */
export type Columns = readonly (readonly [name: string, type: string])[];

/** What every shape has. */
const COMMON: Columns = [
  ["identity", "text"],
  ["natural_key", "text"],
  ["revision", "integer"],
  ["store", "text"],
  ["terminal", "text"],
  ["received_at", "timestamptz"],
];

/** One row for each revision of each receipt. */
export const ROWS: Columns = [
  ...COMMON,
  ["pos_store", "text"],
  ["workstation", "text"],
  ["business_day", "date"],
  ["sequence", "text"],
  ["type", "text"],
  ["status", "text"],
  ["counts", "boolean"],
  ["currency", "text"],
  ["grand", "numeric"],
  ["document", "json"],
];

export const ENTRIES: Columns = [...COMMON, ["entry", "json"]];

export const LINES: Columns = [
  ["identity", "text"],
  ["n", "integer"],
  ["line", "integer"],
  ["action", "text"],
  ["item_type", "text"],
  ["item_id", "text"],
  ["gtin", "text"],
  ["description", "text"],
  ["department", "text"],
  ["quantity", "numeric"],
  ["uom", "text"],
  ["unit_price", "numeric"],
  ["extended", "numeric"],
];

export const TENDERS: Columns = [
  ["identity", "text"],
  ["n", "integer"],
  ["line", "integer"],
  ["type", "text"],
  ["use", "text"],
  ["tender_id", "text"],
  ["amount", "numeric"],
];

/** Columns that not every receipt fills. */
export const NULLABLE = new Set(["currency", "grand", "gtin", "description", "department", "unit_price", "tender_id"]);

export interface Tables {
  readonly main: string;
  readonly latest: string;
  readonly lines: string | undefined;
  readonly tenders: string | undefined;
  readonly columns: Columns;
  readonly document: "document" | "entry";
}

/** The names are checked by the configuration's schema; quoted they are no keywords either. */
export function tablesOf(config: Pick<PostgresTableConfig, "schema" | "table" | "shape" | "lines" | "tenders">): Tables {
  const name = (suffix: string): string => `"${config.schema}"."${config.table}${suffix}"`;
  return {
    main: name(""),
    latest: name("_latest"),
    lines: config.lines ? name("_lines") : undefined,
    tenders: config.tenders ? name("_tenders") : undefined,
    columns: config.shape === "rows" ? ROWS : ENTRIES,
    document: config.shape === "rows" ? "document" : "entry",
  };
}

/** `"identity" text, "natural_key" text, ...`: a record's definition. */
export const definition = (columns: Columns): string => columns.map(([name, type]) => `"${name}" ${type}`).join(", ");

export const names = (columns: Columns): string => columns.map(([name]) => `"${name}"`).join(", ");
