import { assert } from "../errors/assert.ts";
import { BATCH_BYTES_MAX, BATCH_ENTRIES_MAX, ENTRY_BYTES_MAX } from "../limits.ts";
import type { PushHeader } from "../messages/push.ts";

const LINE_FEED = 0x0a;
const encoder = new TextEncoder();

/** Header line, then the entries' lines as they are, each ended by a line feed. Plain; compression is the transport's. */
export function encodeBatch(header: PushHeader, lines: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  assert(lines.length === header.count && lines.length <= BATCH_ENTRIES_MAX, "count is that of the lines, within the limit");
  const head = encoder.encode(JSON.stringify(header));
  const size = lines.reduce((sum, line) => sum + line.length + 1, head.length + 1);
  assert(size <= BATCH_BYTES_MAX, "batch within its byte limit");
  const bytes = new Uint8Array(size);
  bytes.set(head, 0);
  bytes[head.length] = LINE_FEED;
  let at = head.length + 1;
  for (const line of lines) {
    assert(line.length <= ENTRY_BYTES_MAX, "entry within its limit");
    bytes.set(line, at);
    bytes[at + line.length] = LINE_FEED;
    at += line.length + 1;
  }
  return bytes;
}
