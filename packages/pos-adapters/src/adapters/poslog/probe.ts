import type { ProbeResult } from "../../kit/adapter.ts";
import { createDecoder, detectEncoding } from "../../kit/bytes/encoding.ts";
import { recogniseDialect } from "./dialects.ts";
import { readWrappers } from "./namespaces.ts";

/** Bytes looked at: the prolog and the first tags. */
const SAMPLE_MAX = 64 * 1024;

/** POSLog is certain by its root or its namespace; a lone `Transaction` with POSLog's header fields is likely. */
export function probe(sample: Uint8Array): ProbeResult {
  const text = readSample(sample.subarray(0, SAMPLE_MAX));
  if (!/^\ufeff?\s*</.test(text)) return { match: "no" };
  const tags = text.match(/<(?:[\w.-]+:)?(?:POSLog|Transaction)(?=[\s/>])[^>]*>/g);
  if (tags === null) return { match: "no" };
  const { scope, attributes } = readWrappers(tags.slice(0, 2));
  const uris = Object.values(scope.uris);
  const dialect = recogniseDialect(uris, attributes["MajorVersion"]);
  if (/<(?:[\w.-]+:)?POSLog[\s>/]/.test(text) || uris.some((uri) => /nrf-arts\.org/i.test(uri))) return { match: "certain", dialect };
  const isHeader = /<(?:[\w.-]+:)?WorkstationID[\s>]/.test(text) && /<(?:[\w.-]+:)?SequenceNumber[\s>]/.test(text);
  return isHeader ? { match: "likely", dialect } : { match: "no" };
}

function readSample(sample: Uint8Array): string {
  const detected = detectEncoding(sample);
  const even = sample.subarray(0, sample.length - (sample.length % 2));
  if (detected?.name.startsWith("utf-16") === true) return createDecoder(detected.name)(even) ?? "";
  let text = "";
  for (const byte of sample) text += String.fromCharCode(byte);
  return text.startsWith("\u00ef\u00bb\u00bf") ? text.slice(3) : text;
}
