import { z } from "zod";
import type { AdapterContext, Checkpoint, DraftOutput, ParseSession } from "../../kit/adapter.ts";
import {
  createDecoder,
  detectEncoding,
  ENCODING_SAMPLE_BYTES,
  isKnownEncoding,
  layoutOf,
  normaliseEncoding,
  type Decode,
} from "../../kit/bytes/encoding.ts";
import { createUnitBuffer, type UnitBuffer } from "../../kit/bytes/unit-buffer.ts";
import { createZoneRule } from "../../kit/fields/zone-rule.ts";
import { mapRecord, setAside } from "../../kit/record-error.ts";
import { TillsyncError } from "@tillsync/sync-protocol";
import type { PoslogConfig } from "./config.ts";
import { dialects, recogniseDialect } from "./dialects.ts";
import { mapTransaction, type MapSettings } from "./map-transaction.ts";
import { readWrappers, type Namespaces } from "./namespaces.ts";
import { readTree } from "./read-tree.ts";
import { createRecordScanner, type Found, type RecordScanner, type Wrapper } from "./scan-records.ts";

const stateSchema = z.strictObject({
  encoding: z.string(),
  /** Start tags open around the records; their bytes as characters 0 to 255. */
  wrappers: z.array(z.strictObject({ name: z.string(), tag: z.string() })),
});

/** A source whose encoding is settled. */
interface Reading {
  readonly encoding: string;
  readonly buffer: UnitBuffer;
  readonly scanner: RecordScanner;
  readonly decode: Decode;
}

/** Bytes looked at for the XML declaration. It stands first and is short. */
const DECLARATION_BYTES_MAX = 256;

/** Reads POSLog XML. See `ParseSession`; the scanner cuts records, each is decoded, parsed and mapped on its own. */
export function openSession(config: PoslogConfig, context: AdapterContext, resume?: Checkpoint): ParseSession<DraftOutput> {
  const zone = config.timeZone === undefined ? undefined : createZoneRule(config.timeZone);
  let head: Uint8Array = new Uint8Array(0);
  let reading = resume === undefined ? undefined : resumeReading(resume);
  let refused: { readonly encoding: string } | undefined;
  let seen = 0;
  let prolog: { wrappers: readonly Wrapper[]; scope: Namespaces; major: string | undefined } | undefined;

  const prologOf = (wrappers: readonly Wrapper[], decode: Decode): NonNullable<typeof prolog> => {
    const same = prolog !== undefined && prolog.wrappers.length === wrappers.length && wrappers.every((w, i) => w === prolog?.wrappers[i]);
    if (prolog !== undefined && same) return prolog;
    const { scope, attributes } = readWrappers(wrappers.map((wrapper) => decode(wrapper.tag) ?? ""));
    prolog = { wrappers, scope, major: attributes["MajorVersion"] };
    return prolog;
  };

  const drain = (source: Reading, ended: boolean): DraftOutput[] => {
    const outputs: DraftOutput[] = [];
    for (let found = source.scanner.next(ended); found !== undefined; found = source.scanner.next(ended))
      outputs.push(toOutput(source, found));
    return outputs;
  };

  const toOutput = (source: Reading, found: Found): DraftOutput => {
    if (found.kind === "bad") return setAside(found.code, found.range, found.detail);
    return mapRecord(found.range, () => {
      const xml = source.decode(found.bytes);
      if (xml === undefined) throw new TillsyncError("capture.encoding", source.encoding);
      const { scope, major } = prologOf(found.wrappers, source.decode);
      const tree = readTree(xml, scope);
      const declared = [...Object.values(scope.uris), ...declaredIn(xml)];
      const name = config.dialect ?? recogniseDialect(declared, tree.attributes["MajorVersion"] ?? major);
      const settings: MapSettings = { config, context, dialect: dialects[name], ...(zone === undefined ? {} : { zone }) };
      return mapTransaction(tree, settings);
    });
  };

  const begin = (ended: boolean): void => {
    if (head.length < DECLARATION_BYTES_MAX && !ended) return;
    const chosen = chooseEncoding(head, config.encoding);
    if (isKnownEncoding(chosen.name)) {
      reading = startReading(chosen.name, chosen.bom, undefined);
      reading.buffer.write(head.subarray(chosen.bom));
    } else refused = { encoding: chosen.name };
    head = new Uint8Array(0);
  };

  return {
    write(chunk) {
      seen += chunk.length;
      if (refused !== undefined || chunk.length === 0) return [];
      if (reading === undefined) {
        head = concat(head, chunk);
        begin(false);
      } else reading.buffer.write(chunk);
      return reading === undefined ? [] : drain(reading, false);
    },
    end() {
      if (reading === undefined && refused === undefined) begin(true);
      if (refused !== undefined) return [setAside("capture.encoding", [0, seen], "unknown encoding declared")];
      return reading === undefined ? [] : drain(reading, true);
    },
    checkpoint() {
      if (reading === undefined) return { offset: 0, state: null };
      const wrappers = reading.scanner.wrappers().map(({ name, tag }) => ({ name, tag: String.fromCharCode(...tag) }));
      const offset = reading.scanner.safeOffset();
      return offset === 0 ? { offset, state: null } : { offset, state: { encoding: reading.encoding, wrappers } };
    },
    isWhole: () => reading?.scanner.isWhole() === true,
  };
}

function startReading(encoding: string, offset: number, wrappers: readonly Wrapper[] | undefined): Reading {
  const buffer = createUnitBuffer(layoutOf(encoding), offset);
  return { encoding, buffer, scanner: createRecordScanner(buffer, wrappers), decode: createDecoder(encoding) };
}

/** A state that is not ours (an older version's) means: read from the first byte. The host does so when `open` throws. */
function resumeReading(resume: Checkpoint): Reading | undefined {
  if (resume.offset === 0) return undefined;
  const state = stateSchema.safeParse(resume.state);
  if (!state.success || !isKnownEncoding(state.data.encoding))
    throw new TillsyncError("adapter.config-invalid", "checkpoint of another version");
  const wrappers = state.data.wrappers.map(({ name, tag }) => ({ name, tag: Uint8Array.from(tag, (c) => c.charCodeAt(0)) }));
  return startReading(state.data.encoding, resume.offset, wrappers);
}

/** A byte order mark wins, then the configuration, then what the XML declaration says, then UTF-8. */
function chooseEncoding(head: Uint8Array, configured: string | undefined): { name: string; bom: number } {
  const detected = detectEncoding(head.subarray(0, ENCODING_SAMPLE_BYTES));
  if (detected !== undefined) return detected;
  if (configured !== undefined) return { name: normaliseEncoding(configured), bom: 0 };
  const start = String.fromCharCode(...head.subarray(0, DECLARATION_BYTES_MAX));
  const declared = /^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._:-]+)["']/.exec(start)?.[1];
  const name = normaliseEncoding(declared ?? "utf-8");
  // A declaration of UTF-16 that could be read as ASCII is wrong: such files are UTF-8.
  return { name: name.startsWith("utf-16") ? "utf-8" : name, bom: 0 };
}

/** Namespaces that the record declares itself. */
const declaredIn = (xml: string): string[] => {
  const end = xml.indexOf(">");
  return Array.from(xml.slice(0, end).matchAll(/xmlns(?::[^\s=]+)?\s*=\s*["']([^"']*)["']/g), (match) => match[1] ?? "");
};

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
