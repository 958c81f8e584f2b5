import { TillsyncError } from "@tillsync/sync-protocol";

/** One request or answer; a status is some KB, the paths of a capture a few hundred. */
export const FRAME_BYTES_MAX = 1024 * 1024;
const LINE_FEED = 0x0a;

/** Collects bytes until a line is whole. Throws `wire.too-large` past the limit, before it holds more than that. */
export function createLineReader(bytesMax: number = FRAME_BYTES_MAX): (chunk: Uint8Array) => string | undefined {
  let parts: Uint8Array[] = [];
  let size = 0;
  return (chunk) => {
    const end = chunk.indexOf(LINE_FEED);
    const piece = end < 0 ? chunk : chunk.subarray(0, end);
    size += piece.length;
    if (size > bytesMax) throw new TillsyncError("wire.too-large", `${size} bytes`);
    parts.push(piece);
    if (end < 0) return undefined;
    const line = Buffer.concat(parts).toString("utf8");
    parts = [];
    size = 0;
    return line;
  };
}

export const writeFrame = (value: unknown): string => `${JSON.stringify(value)}\n`;
