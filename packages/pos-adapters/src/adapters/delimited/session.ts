import { identitySchema, naturalKey, TillsyncError } from "@tillsync/sync-protocol";
import { z } from "zod";
import type { AdapterContext, ByteRange, Checkpoint, DraftOutput, ParseSession } from "../../kit/adapter.ts";
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

/** Reads delimited files by a mapping. Rows are read one by one; a group is held until it ends. */
export function openSession(mapping: Mapping, context: AdapterContext, resume?: Checkpoint): ParseSession<DraftOutput> {
  const state = resume === undefined || resume.offset === 0 ? undefined : readState(resume);
  const settings = makeSettings(mapping, context);
  const needed = columnsRead(mapping);
  let columns: readonly string[] | undefined = state?.columns ?? namedColumns(mapping);
  let head: Uint8Array = new Uint8Array(0);
  let reading = state === undefined ? undefined : startReading(mapping, state.encoding, resume?.offset ?? 0);
  let refusal: TillsyncError | undefined = columns === undefined ? undefined : missingColumn(columns, needed);
  let seen = resume?.offset ?? 0;
  const grouper: Grouper = createGrouper(settings, state?.running);
  let closed: string[] = state?.closed ?? [];
  let safe: Checkpoint = resume ?? { offset: 0, state: null };

  const toOutput = (group: ClosedGroup): DraftOutput => {
    if (group.error !== undefined) return setAside(group.error.code, group.range, group.error.detail);
    let key: string | undefined;
    const output = mapRecord(group.range, () => {
      const draft = mapGroup(group, settings);
      key = naturalKey(identitySchema.parse((draft as { identity?: unknown }).identity));
      if (closed.includes(key)) throw new TillsyncError("capture.key-conflict", "rows of this number came before");
      return draft;
    });
    if (key !== undefined && output.kind === "transaction") closed = [...closed, key].slice(-GROUPS_REMEMBERED_MAX);
    return output;
  };

  const takeHeader = (raw: RawRow, source: Reading): void => {
    const text = source.decode(raw.bytes)?.replace(/\r$/, "") ?? "";
    const header = mapping.format.kind === "csv" ? splitHeader(text, mapping.format.delimiter, mapping.format.quote) : [];
    columns = header;
    refusal = missingColumn(header, needed);
    safe = { offset: raw.range[1], state: stateNow(source) };
  };

  const stateNow = (source: Reading): unknown => ({ encoding: source.encoding, columns, running: grouper.runningBefore(), closed });

  const drain = (source: Reading, ended: boolean): DraftOutput[] => {
    const outputs: DraftOutput[] = [];
    for (let raw = source.rows.next(ended); raw !== undefined; raw = source.rows.next(ended)) {
      if (refusal !== undefined) continue;
      if (columns === undefined) {
        if (!raw.cut) takeHeader(raw, source);
        else refusal = new TillsyncError("capture.truncated", "header");
        continue;
      }
      const range: ByteRange = raw.range;
      for (const group of grouper.add(readRow(raw, columns, mapping, source.decode), range)) outputs.push(toOutput(group));
      const start = grouper.openFrom() ?? range[1];
      // An unfinished row at the end of the input may still grow: the safe place stays before its group.
      if (start > safe.offset && !(raw.cut && start === range[1])) safe = { offset: start, state: stateNow(source) };
    }
    return outputs;
  };

  const begin = (): Reading => {
    const detected = detectEncoding(head.subarray(0, ENCODING_SAMPLE_BYTES));
    const source = startReading(mapping, detected?.name ?? normaliseEncoding(mapping.format.encoding), detected?.bom ?? 0);
    source.buffer.write(head.subarray(detected?.bom ?? 0));
    head = new Uint8Array(0);
    return source;
  };

  return {
    write(chunk) {
      seen += chunk.length;
      if (reading === undefined) {
        head = Uint8Array.from([...head, ...chunk.subarray(0, ENCODING_SAMPLE_BYTES)]);
        if (head.length < ENCODING_SAMPLE_BYTES) return [];
        const used = Math.min(chunk.length, ENCODING_SAMPLE_BYTES);
        reading = begin();
        reading.buffer.write(chunk.subarray(used));
      } else reading.buffer.write(chunk);
      return drain(reading, false);
    },
    end() {
      reading ??= begin();
      const outputs = drain(reading, true);
      if (refusal !== undefined)
        return [...outputs, ...(seen > safe.offset || safe.offset === 0 ? [setAside(refusal.code, [0, seen], refusal.detail)] : [])];
      return [...outputs, ...grouper.end().map(toOutput)];
    },
    checkpoint: () => (refusal === undefined ? safe : { offset: 0, state: null }),
  };
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
