import type { ProbeResult } from "../../kit/adapter.ts";

/** Certain when the first line opens an object that names our types; likely when it is cut before that. */
export function probe(sample: Uint8Array): ProbeResult {
  let text = "";
  for (const byte of sample.subarray(0, 4_096)) text += String.fromCharCode(byte);
  const line = /^(?:\u00ef\u00bb\u00bf)?\s*(\{[^\n]*)/.exec(text)?.[1];
  if (line === undefined) return { match: "no" };
  return /"transactionType"\s*:\s*"/.test(line) && /"schemaVersion"\s*:/.test(line) ? { match: "certain" } : { match: "no" };
}
