import type { Redact } from "./redact.ts";

/** Redacted in one go: a text of many megabytes would be copied by every pattern, beside an agent that has little memory. */
const CHUNK_CHARS = 64 * 1024;

/** Redacts a text some lines at a time: no secret goes over the end of a line. */
export function redactLines(redact: Redact, text: string): Uint8Array {
  const chunks: Buffer[] = [];
  for (let at = 0; at < text.length;) {
    const end = text.length - at <= CHUNK_CHARS ? text.length : endOfLine(text, at + CHUNK_CHARS);
    chunks.push(Buffer.from(redact(text.slice(at, end))));
    at = end;
  }
  return Buffer.concat(chunks);
}

function endOfLine(text: string, from: number): number {
  const found = text.indexOf("\n", from);
  return found < 0 ? text.length : found + 1;
}
