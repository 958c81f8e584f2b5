const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const RETURN = 13;
const LINE_FEED = 10;

/** The bytes without a byte order mark at their beginning, every CRLF as LF, in whatever pieces they come. */
export async function* plainLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let begun = false;
  let held = Buffer.alloc(0);
  for await (const chunk of chunks) {
    let bytes = Buffer.concat([held, chunk]);
    held = Buffer.alloc(0);
    if (!begun && bytes.length < BOM.length) {
      held = bytes;
      continue;
    }
    if (!begun && bytes.subarray(0, BOM.length).equals(BOM)) bytes = bytes.subarray(BOM.length);
    begun = true;
    // Whether a line feed follows is in the next piece.
    if (bytes.at(-1) === RETURN) {
      held = Buffer.from([RETURN]);
      bytes = bytes.subarray(0, -1);
    }
    if (bytes.length > 0) yield withoutReturns(bytes);
  }
  if (held.length > 0) yield held;
}

function withoutReturns(bytes: Buffer): Buffer {
  if (!bytes.includes(RETURN)) return bytes;
  return bytes.filter((byte, i) => byte !== RETURN || bytes[i + 1] !== LINE_FEED) as Buffer;
}
