import { isUtf8 } from "node:buffer";
import { Readable } from "node:stream";
import { TillsyncError } from "@tillsync/sync-protocol";
import { parse, type Info } from "csv-parse";
import type { FeedRow } from "../feed/feed-row.ts";
import { ROW_BYTES_MAX } from "../feed/limits.ts";
import { wrongInside } from "../feed/parse-row.ts";
import type { CsvMapping, FieldSource } from "./mapping.ts";
import { readCell } from "./read-cell.ts";
import { plainLines } from "./plain-lines.ts";

interface Parsed {
  readonly record: readonly Buffer[];
  readonly info: Info;
}

/**
 * Rows of a delimited file with a header, each as the fields that the mapping makes of it. The line of a row is the one
 * where it ends; a refused one may come before earlier rows. Throws `config.invalid` when the file lacks a column that
 * the mapping names, `reference.feed-broken` from where quotes do not say any more what is a row.
 */
export async function* readCsv(chunks: AsyncIterable<Uint8Array>, mapping: CsvMapping): AsyncGenerator<FeedRow[]> {
  const skipped: FeedRow[] = [];
  let lost: { readonly line: number; readonly why: string } | undefined;
  const parser = parse({
    delimiter: mapping.delimiter,
    quote: mapping.quote === "" ? null : mapping.quote,
    // As bytes: a cell that is not in the file's encoding must not become another one.
    encoding: null,
    info: true,
    record_delimiter: "\n",
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: ROW_BYTES_MAX,
    on_skip: (error) => {
      const line = Number(error?.["lines"]);
      // A quote in the middle of a cell spoils its row; after the others nobody knows what is quoted and what is not.
      if (error?.code === "INVALID_OPENING_QUOTE")
        skipped.push(refused(line, "reference.row-malformed", "a quote in the middle of a cell"));
      else lost ??= { line, why: LOST[error?.code ?? ""] ?? "not well formed" };
      return undefined;
    },
  });
  let columns: ReadonlyMap<string, number> | undefined;
  try {
    for await (const parsed of Readable.from(plainLines(chunks), { objectMode: false }).compose(parser)) {
      // Rows before it may come later than the word of it.
      if (lost !== undefined && (parsed as Parsed).info.lines >= lost.line) break;
      if (columns === undefined) {
        columns = readHeader((parsed as Parsed).record, mapping);
        continue;
      }
      yield [...skipped.splice(0), readRecord(parsed as Parsed, columns, mapping)];
    }
  } catch (cause) {
    if (cause instanceof TillsyncError) throw cause;
    throw new TillsyncError("reference.feed-broken", undefined, { cause });
  }
  if (skipped.length > 0) yield skipped;
  if (lost !== undefined) throw new TillsyncError("reference.feed-broken", `${lost.why}, by line ${lost.line}`);
}

const LOST: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: "a quote is not closed",
  CSV_INVALID_CLOSING_QUOTE: "something follows a closing quote",
  CSV_MAX_RECORD_SIZE: `a record of more than ${ROW_BYTES_MAX} bytes`,
};

const refused = (
  line: number,
  code: "reference.row-malformed" | "reference.encoding-wrong" | "reference.invalid",
  detail: string,
): FeedRow => ({
  line,
  bytes: 0,
  read: { refusal: { code, detail } },
});

function readHeader(record: readonly Buffer[], mapping: CsvMapping): ReadonlyMap<string, number> {
  const names = record.map((cell) => decode(cell, mapping)?.trim() ?? "");
  const columns = new Map(names.map((name, i) => [name, i]));
  for (const source of Object.values(mapping.fields))
    for (const name of "columns" in source ? source.columns : []) {
      if (!columns.has(name)) throw new TillsyncError("config.invalid", `the file has no column ${JSON.stringify(name)}`);
      if (names.indexOf(name) !== names.lastIndexOf(name))
        throw new TillsyncError("config.invalid", `the file has several columns ${JSON.stringify(name)}`);
    }
  // Only what could be read counts as a width.
  return columns.set("", names.length);
}

function readRecord({ record, info }: Parsed, columns: ReadonlyMap<string, number>, mapping: CsvMapping): FeedRow {
  const line = info.lines;
  if (record.length !== columns.get(""))
    return refused(line, "reference.row-malformed", `${record.length} cells, the header has ${columns.get("")}`);
  const fields: Record<string, unknown> = {};
  for (const [name, source] of Object.entries(mapping.fields)) {
    const read = readField(source, columns, record, mapping);
    if (read === "not-encoded") return refused(line, "reference.encoding-wrong", `${name}: not ${mapping.encoding}`);
    if ("wrong" in read) return refused(line, "reference.invalid", `${name}: ${read.wrong}`);
    if (read.value !== undefined) put(fields, name, read.value);
  }
  const wrong = wrongInside(fields);
  if (wrong !== undefined) return refused(line, "reference.row-malformed", wrong);
  return { line, bytes: record.reduce((sum, cell) => sum + cell.length, 0), read: { fields } };
}

/** An empty cell is an absent field. */
function readField(
  source: FieldSource,
  columns: ReadonlyMap<string, number>,
  record: readonly Buffer[],
  mapping: CsvMapping,
): ReturnType<typeof readCell> | "not-encoded" {
  if ("value" in source) return { value: source.value };
  const cells: string[] = [];
  for (const name of source.columns) {
    const cell = decode(record[columns.get(name) ?? -1] ?? Buffer.alloc(0), mapping);
    if (cell === undefined) return "not-encoded";
    cells.push(cell.trim());
  }
  const text = cells.includes("") ? "" : cells.join(source.joinWith);
  return text === "" ? { value: undefined } : readCell(`${source.prefix}${text}`, source.as);
}

const western = new TextDecoder("windows-1252");

function decode(cell: Buffer, { encoding }: CsvMapping): string | undefined {
  if (encoding === "windows-1252") return western.decode(cell);
  return isUtf8(cell) ? cell.toString("utf8") : undefined;
}

function put(fields: Record<string, unknown>, name: string, value: unknown): void {
  const [first = name, second] = name.split(".");
  if (second === undefined) fields[first] = value;
  else fields[first] = { ...(fields[first] as object | undefined), [second]: value };
}
