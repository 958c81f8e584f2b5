import { identitySchema, naturalKey, TillsyncError } from "@tillsync/sync-protocol";
import { z } from "zod";
import type { AdapterContext, Checkpoint, DraftOutput, ParseSession } from "../../kit/adapter.ts";
import {
  createDecoder,
  detectEncoding,
  ENCODING_SAMPLE_BYTES,
  layoutOf,
  normaliseEncoding,
  type Decode,
} from "../../kit/bytes/encoding.ts";
import { createUnitBuffer, type UnitBuffer } from "../../kit/bytes/unit-buffer.ts";
import { createZoneRule } from "../../kit/fields/zone-rule.ts";
import { GROUPS_REMEMBERED_MAX } from "../../kit/limits.ts";
import { mapRecord, setAside } from "../../kit/record-error.ts";
import { compileDateFormat } from "./dates.ts";
import { createGrouper, type ClosedGroup, type Grouper } from "./group-rows.ts";
import { mapGroup, type MapSettings } from "./map-group.ts";
import { columnsRead, type Mapping } from "./mapping.ts";
import { readRow } from "./read-row.ts";
import { createPatterns } from "./read-value.ts";
import { splitRow } from "./split-row.ts";
import { createRowScanner, type RawRow, type RowScanner } from "./scan-rows.ts";

const stateSchema = z.strictObject({
  encoding: z.string(),
  columns: z.array(z.string()),
  running: z.strictObject({ key: z.string(), count: z.number() }),
  /** Natural keys of the latest groups: none holds a person's number, the mapping has made pseudonyms of those. */
  closed: z.array(z.string()).max(GROUPS_REMEMBERED_MAX),
});

interface Reading {
  readonly encoding: string;
  readonly buffer: UnitBuffer;
  readonly rows: RowScanner;
  readonly decode: Decode;
}

/** Where the reading of one file stands. */
interface FileState {
  readonly settings: MapSettings;
  readonly needed: ReadonlySet<string>;
  readonly grouper: Grouper;
  /** The first bytes, until the encoding can be told. */
  head: Uint8Array;
  reading: Reading | undefined;
  /** Known from the mapping, or from the first row. */
  columns: readonly string[] | undefined;
  /** Why the file cannot be read at all: it is of another kind. */
  refusal: TillsyncError | undefined;
  seen: number;
  closed: string[];
  safe: Checkpoint;
}

/** Reads delimited files by a mapping. Rows are read one by one; a group is held until it ends. */
export function openSession(mapping: Mapping, context: AdapterContext, resume?: Checkpoint): ParseSession<DraftOutput> {
  const state = startFile(mapping, context, resume);
  return {
    write(chunk) {
      state.seen += chunk.length;
      if (state.reading !== undefined) state.reading.buffer.write(chunk);
      else {
        state.head = concat(state.head, chunk);
        if (state.head.length < ENCODING_SAMPLE_BYTES) return [];
        state.reading = begin(state);
      }
      return drain(state, state.reading, false);
    },
    end() {
      state.reading ??= begin(state);
      const outputs = drain(state, state.reading, true);
      if (state.refusal !== undefined) return [setAside(state.refusal.code, [0, state.seen], state.refusal.detail)];
      return [...outputs, ...state.grouper.end().map((group) => toOutput(state, group))];
    },
    checkpoint: () => (state.refusal === undefined ? state.safe : { offset: 0, state: null }),
  };
}

function startFile(mapping: Mapping, context: AdapterContext, resume: Checkpoint | undefined): FileState {
  const held = resume === undefined || resume.offset === 0 ? undefined : readState(resume);
  const settings = makeSettings(mapping, context);
  const needed = columnsRead(mapping);
  const columns = held?.columns ?? namedColumns(mapping);
  return {
    settings,
    needed,
    grouper: createGrouper(settings, held?.running),
    head: new Uint8Array(0),
    reading: held === undefined ? undefined : startReading(mapping, held.encoding, resume?.offset ?? 0),
    columns,
    refusal: columns === undefined ? undefined : missingColumn(columns, needed),
    seen: held === undefined ? 0 : (resume?.offset ?? 0),
    closed: held?.closed ?? [],
    safe: resume ?? { offset: 0, state: null },
  };
}

function begin(state: FileState): Reading {
  const { mapping } = state.settings;
  const detected = detectEncoding(state.head.subarray(0, ENCODING_SAMPLE_BYTES));
  const reading = startReading(mapping, detected?.name ?? normaliseEncoding(mapping.format.encoding), detected?.bom ?? 0);
  reading.buffer.write(state.head.subarray(detected?.bom ?? 0));
  state.head = new Uint8Array(0);
  return reading;
}

function drain(state: FileState, reading: Reading, ended: boolean): DraftOutput[] {
  const outputs: DraftOutput[] = [];
  for (let raw = reading.rows.next(ended); raw !== undefined; raw = reading.rows.next(ended)) {
    if (state.refusal !== undefined) continue;
    if (state.columns === undefined) takeHeader(state, raw, reading);
    else for (const group of takeRow(state, state.columns, raw, reading)) outputs.push(group);
  }
  return outputs;
}

function takeRow(state: FileState, columns: readonly string[], raw: RawRow, reading: Reading): DraftOutput[] {
  const read = readRow(raw, columns, state.settings.mapping, reading.decode);
  const outputs = state.grouper.add(read, raw.range).map((group) => toOutput(state, group));
  const start = state.grouper.openFrom() ?? raw.range[1];
  // A last row without its end may still grow: the safe place then stays before it, and before its group.
  if (start > state.safe.offset && !raw.cut) state.safe = { offset: start, state: stateNow(state, reading) };
  return outputs;
}

function takeHeader(state: FileState, raw: RawRow, reading: Reading): void {
  const { mapping } = state.settings;
  if (raw.cut) {
    state.refusal = new TillsyncError("capture.truncated", "header");
    return;
  }
  const read = readRow(raw, [], mapping, reading.decode);
  if (read.kind === "blank") return;
  const text = reading.decode(raw.bytes)?.replace(/\r$/, "") ?? "";
  state.columns = mapping.format.kind === "csv" ? splitHeader(text, mapping.format.delimiter, mapping.format.quote) : [];
  state.refusal = missingColumn(state.columns, state.needed);
  state.safe = { offset: raw.range[1], state: stateNow(state, reading) };
}

const stateNow = (state: FileState, reading: Reading): unknown => ({
  encoding: reading.encoding,
  columns: state.columns,
  running: state.grouper.runningBefore(),
  closed: state.closed,
});

function toOutput(state: FileState, group: ClosedGroup): DraftOutput {
  if (group.error !== undefined) return setAside(group.error.code, group.range, group.error.detail);
  let key: string | undefined;
  const output = mapRecord(group.range, () => {
    const draft = mapGroup(group, state.settings);
    key = naturalKey(identitySchema.parse((draft as { identity?: unknown }).identity));
    if (state.closed.includes(key)) throw new TillsyncError("capture.key-conflict", "rows of this number came before");
    return draft;
  });
  if (key !== undefined && output.kind === "transaction") state.closed = [...state.closed, key].slice(-GROUPS_REMEMBERED_MAX);
  return output;
}

function startReading(mapping: Mapping, encoding: string, offset: number): Reading {
  const buffer = createUnitBuffer(layoutOf(encoding), offset);
  const { format } = mapping;
  const quote = format.kind === "csv" && format.quote !== null ? format.quote.charCodeAt(0) : undefined;
  const delimiter = format.kind === "csv" ? format.delimiter.charCodeAt(0) : -1;
  return { encoding, buffer, rows: createRowScanner(buffer, delimiter, quote), decode: createDecoder(encoding) };
}

function makeSettings(mapping: Mapping, context: AdapterContext): MapSettings {
  const zone = mapping.timeZone === undefined ? undefined : createZoneRule(mapping.timeZone);
  return {
    mapping,
    context,
    patterns: createPatterns(),
    dates: mapping.format.dateFormats.map(compileDateFormat),
    ...(zone === undefined ? {} : { zone }),
  };
}

function namedColumns({ format }: Mapping): readonly string[] | undefined {
  if (format.kind === "fixedWidth") return format.columns.map((column) => column.name);
  return format.header ? undefined : format.columns;
}

function missingColumn(columns: readonly string[], needed: ReadonlySet<string>): TillsyncError | undefined {
  const missing = [...needed].find((name) => !columns.includes(name));
  return missing === undefined ? undefined : new TillsyncError("capture.field-missing", `column ${missing}`);
}

function splitHeader(text: string, delimiter: string, quote: string | null): readonly string[] {
  const split = splitRow(text, delimiter, quote);
  return split.ok ? split.fields.map((name) => name.trim()) : [];
}

function readState(resume: Checkpoint): z.infer<typeof stateSchema> {
  const state = stateSchema.safeParse(resume.state);
  if (!state.success) throw new TillsyncError("adapter.config-invalid", "checkpoint of another version");
  return state.data;
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
