import { TillsyncError } from "@tillsync/sync-protocol";
import type { Decode } from "../../kit/bytes/encoding.ts";
import type { Mapping } from "./mapping.ts";
import type { Row } from "./read-value.ts";
import type { RawRow } from "./scan-rows.ts";
import { splitRow } from "./split-row.ts";

/** A row read: its fields; blank; or why it is none. A row that is wrong may still show which group it belongs to. */
export type ReadRow =
  | { readonly kind: "row"; readonly row: Row }
  | { readonly kind: "blank" }
  | { readonly kind: "bad"; readonly error: TillsyncError; readonly row?: Row };

/** Decodes a row and cuts it into its columns. */
export function readRow(raw: RawRow, columns: readonly string[], mapping: Mapping, decode: Decode): ReadRow {
  if (raw.problem === "limit") return bad("capture.limit", "row");
  if (raw.problem === "open") return bad(raw.cut ? "capture.truncated" : "capture.malformed", "quote without end");
  const decoded = decode(raw.bytes);
  if (decoded === undefined) return bad("capture.encoding", mapping.format.encoding);
  const text = decoded.endsWith("\r") ? decoded.slice(0, -1) : decoded;
  if (text.trim() === "") return { kind: "blank" };
  const { format } = mapping;
  const read = format.kind === "csv" ? readCsvRow(text, columns, format.delimiter, format.quote) : readFixedRow(text, format.columns);
  return raw.cut && isShort(text, read, mapping, columns)
    ? { ...bad("capture.truncated", "row"), ...("row" in read ? { row: read.row } : {}) }
    : read;
}

/** Whether a last row without its line end lacks some of its columns. One that has them all is taken: many exports end so. */
function isShort(text: string, read: ReadRow, { format }: Mapping, columns: readonly string[]): boolean {
  if (format.kind === "fixedWidth") return Array.from(text).length < widthOf(format.columns);
  if (read.kind !== "bad" || format.quote === null) return read.kind === "bad";
  const split = splitRow(text, format.delimiter, format.quote);
  return !split.ok || split.fields.length < columns.length;
}

const widthOf = (columns: ReadonlyArray<{ start: number; length: number }>): number =>
  Math.max(...columns.map((column) => column.start + column.length));

const bad = (code: TillsyncError["code"], detail: string): { kind: "bad"; error: TillsyncError } => ({
  kind: "bad",
  error: new TillsyncError(code, detail),
});

function readCsvRow(text: string, columns: readonly string[], delimiter: string, quote: string | null): ReadRow {
  const split = splitRow(text, delimiter, quote);
  if (!split.ok)
    return bad(
      split.reason === "limit" ? "capture.too-complex" : "capture.malformed",
      split.reason === "limit" ? "field" : "quote inside a field",
    );
  const row: Row = new Map(columns.map((name, index) => [name, split.fields[index] ?? ""]));
  if (split.fields.length === columns.length) return { kind: "row", row };
  const error = new TillsyncError("capture.malformed", `${split.fields.length} fields instead of ${columns.length}`);
  return { kind: "bad", error, row };
}

function readFixedRow(text: string, columns: ReadonlyArray<{ name: string; start: number; length: number }>): ReadRow {
  const characters = Array.from(text);
  const width = widthOf(columns);
  const row: Row = new Map(
    columns.map(({ name, start, length }) => [
      name,
      characters
        .slice(start, start + length)
        .join("")
        .trim(),
    ]),
  );
  const surplus = characters.slice(width).join("").trim();
  return surplus === ""
    ? { kind: "row", row }
    : { kind: "bad", error: new TillsyncError("capture.malformed", `row longer than ${width}`), row };
}
