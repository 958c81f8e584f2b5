import type { TableRow } from "./view.ts";

/** The table for a console, columns aligned. */
export function printTable(rows: readonly TableRow[]): string {
  const currencies = [...new Set(rows.flatMap((row) => Object.keys(row.gross)))].toSorted();
  const head = ["", "records", "sales", ...currencies, ""];
  const body = rows.map((row) => [
    row.who,
    row.records === undefined ? "" : String(row.records),
    row.sales === undefined ? "" : String(row.sales),
    ...currencies.map((currency) => row.gross[currency] ?? ""),
    `${row.agrees ? "ok" : "DIFFERS"}${row.note === "" ? "" : `  (${row.note})`}`,
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...body].map((cells) => cells[column]?.length ?? 0)));
  const last = head.length - 1;
  const align = (cell: string, column: number): string =>
    column === 0 || column === last ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return [head, ...body].map((cells) => cells.map(align).join("  ").trimEnd()).join("\n");
}
