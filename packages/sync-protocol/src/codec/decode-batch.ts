import { TillsyncError } from "../errors/tillsync-error.ts";
import { BATCH_BYTES_MAX, ENTRY_BYTES_MAX, PUSH_HEADER_BYTES_MAX } from "../limits.ts";
import { pushHeaderSchema, type PushHeader } from "../messages/push.ts";

const LINE_FEED = 0x0a;
const decoder = new TextDecoder("utf-8", { fatal: true });

export interface DecodedBatch {
  readonly header: PushHeader;
  /** Views into the given bytes, without their line feeds. What they hold is not looked at here. */
  readonly lines: readonly Uint8Array[];
  /** The entries alone: all lines with their line feeds, one view. */
  readonly body: Uint8Array;
}

/**
 * Splits a batch. It checks the framing and the header, and nothing inside the entries.
 * Throws `wire.malformed`, `wire.too-large`, `ingest.entry-limit`.
 */
export function decodeBatch(bytes: Uint8Array): DecodedBatch {
  if (bytes.length > BATCH_BYTES_MAX) throw new TillsyncError("wire.too-large", `${bytes.length} bytes`);
  const headerEnd = bytes.indexOf(LINE_FEED);
  if (headerEnd < 0 || bytes.at(-1) !== LINE_FEED) throw new TillsyncError("wire.malformed", "a line has no end");
  if (headerEnd > PUSH_HEADER_BYTES_MAX) throw new TillsyncError("wire.malformed", `header of ${headerEnd} bytes`);
  const header = readHeader(bytes.subarray(0, headerEnd));
  const body = bytes.subarray(headerEnd + 1);
  const lines = splitLines(body);
  if (lines.length !== header.count)
    throw new TillsyncError("wire.malformed", `${lines.length} lines where the header says ${header.count}`);
  return { header, lines, body };
}

/** Lines of a body in which every line, the last too, ends with a line feed. */
export function splitLines(body: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let start = 0; start < body.length;) {
    const end = body.indexOf(LINE_FEED, start);
    if (end < 0) throw new TillsyncError("wire.malformed", "a line has no end");
    if (end === start) throw new TillsyncError("wire.malformed", "empty line");
    if (end - start > ENTRY_BYTES_MAX) throw new TillsyncError("ingest.entry-limit", `${end - start} bytes`);
    lines.push(body.subarray(start, end));
    start = end + 1;
  }
  return lines;
}

function readHeader(line: Uint8Array): PushHeader {
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(line));
  } catch (cause) {
    throw new TillsyncError("wire.malformed", "header is no JSON", { cause });
  }
  const parsed = pushHeaderSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new TillsyncError("wire.malformed", `header ${issue?.path.join(".") ?? ""}: ${issue?.message ?? "invalid"}`);
}
