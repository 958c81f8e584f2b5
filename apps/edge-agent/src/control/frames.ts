import { TillsyncError } from "@tillsync/sync-protocol";

/** One request; the paths of a capture are a few hundred KB. */
export const FRAME_BYTES_MAX = 1024 * 1024;
/** The line by which a client proves that it knows the secret: until then it is given no more room. */
export const HELLO_BYTES_MAX = 256;
const LINE_FEED = 0x0a;

export interface LineReader {
  readonly push: (chunk: Uint8Array) => void;
  /** The next whole line, without its end. Throws `wire.too-large` once it is known to have more bytes than that. */
  readonly line: (bytesMax: number) => string | undefined;
}

/**
 * Cuts what arrives into lines, wherever the pieces begin and end. Bytes are held in one block that doubles: a client that
 * sends them one by one costs no more room than one that sends them at once.
 */
export function createLineReader(): LineReader {
  let block = Buffer.alloc(HELLO_BYTES_MAX);
  let [size, seen] = [0, 0];
  return {
    push: (chunk) => {
      if (size + chunk.length > block.length) {
        const larger = Buffer.alloc(Math.max(size + chunk.length, block.length * 2));
        block.copy(larger, 0, 0, size);
        block = larger;
      }
      block.set(chunk, size);
      size += chunk.length;
    },
    line: (bytesMax) => {
      const found = block.subarray(0, size).indexOf(LINE_FEED, seen);
      const length = found < 0 ? size : found;
      if (length > bytesMax) throw new TillsyncError("wire.too-large", `more than ${bytesMax} bytes`);
      seen = length;
      if (found < 0) return undefined;
      const line = block.toString("utf8", 0, length);
      block.copy(block, 0, length + 1, size);
      [size, seen] = [size - length - 1, 0];
      return line;
    },
  };
}

export const writeFrame = (line: string): string => `${line}\n`;
