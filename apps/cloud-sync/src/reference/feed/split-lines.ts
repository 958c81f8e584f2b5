import { ROW_BYTES_MAX } from "./limits.ts";

export interface Line {
  /** From 1, blank lines counted. */
  readonly number: number;
  /** Without its end; undefined: longer than a row may be, and not kept. */
  readonly bytes: Buffer | undefined;
  /** False: the feed ended before the line did. */
  readonly ended: boolean;
}

const LINE_FEED = 10;
const RETURN = 13;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Lines of a stream of bytes, those of each piece together: LF or CRLF, blank ones left out, a byte order mark at the
 * beginning dropped. Holds one line at most.
 */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line[]> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let number = 0;
  const hold = (piece: Buffer): void => {
    heldBytes += piece.length;
    // One more for the return before the line feed.
    if (heldBytes > ROW_BYTES_MAX + 1 + BOM.length) held = [];
    else held.push(piece);
  };
  const close = (ended: boolean): Line[] => {
    number += 1;
    const line = trim(Buffer.concat(held), number);
    const tooLong = heldBytes > ROW_BYTES_MAX + 1 + BOM.length || line.length > ROW_BYTES_MAX;
    [held, heldBytes] = [[], 0];
    if (tooLong) return [{ number, bytes: undefined, ended }];
    return isBlank(line) ? [] : [{ number, bytes: line, ended }];
  };
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const lines: Line[] = [];
    let start = 0;
    for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, start)) {
      hold(bytes.subarray(start, end));
      lines.push(...close(true));
      start = end + 1;
    }
    hold(bytes.subarray(start));
    if (lines.length > 0) yield lines;
  }
  if (heldBytes > 0) yield close(false);
}

function trim(line: Buffer, number: number): Buffer {
  const begun = number === 1 && line.subarray(0, BOM.length).equals(BOM) ? line.subarray(BOM.length) : line;
  return begun.at(-1) === RETURN ? begun.subarray(0, -1) : begun;
}

const isBlank = (line: Buffer): boolean => line.every((byte) => byte === 0x20 || byte === 0x09 || byte === RETURN);
