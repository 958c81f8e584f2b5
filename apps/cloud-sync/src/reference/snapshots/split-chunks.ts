import { crc32 } from "node:zlib";
import { CHUNK_DOCUMENTS_MAX } from "@tillsync/sync-protocol";

/** A chunk is not ended before it has this many documents: small ones cost a request each. */
const CHUNK_DOCUMENTS_MIN = 2_000;
/** Plain bytes of a chunk. Sealed profiles do not compress, and even they must stay below `CHUNK_BYTES_MAX` when packed. */
const CHUNK_PLAIN_BYTES = 12 * 1024 * 1024;
/** One document in so many ends a chunk that is long enough. */
const ENDS_ONE_IN = 3_000;

export interface ChunkLine {
  readonly id: string;
  /** The document as it travels, without the line's end. */
  readonly text: string;
}

/** Collects lines into chunks. */
export interface ChunkSplitter {
  /** Takes a line; gives the chunk that ended before it or with it, if one did. */
  add(line: ChunkLine): readonly string[] | undefined;
  /** What is left at the end; empty where nothing is. */
  rest(): readonly string[];
}

/**
 * Where a chunk ends is told by the ids in it and not by counting from the start, so that a document more or less changes
 * its own chunk and leaves the others what they were. At most `CHUNK_DOCUMENTS_MAX` documents and `plainBytesMax` bytes.
 */
export function splitChunks(plainBytesMax = CHUNK_PLAIN_BYTES): ChunkSplitter {
  let lines: string[] = [];
  let bytes = 0;
  const take = (): readonly string[] => {
    const taken = lines;
    lines = [];
    bytes = 0;
    return taken;
  };
  return {
    rest: take,
    add: ({ id, text }) => {
      const size = Buffer.byteLength(text) + 1;
      const before = bytes + size > plainBytesMax && lines.length > 0 ? take() : undefined;
      lines.push(text);
      bytes += size;
      if (before !== undefined) return before;
      const full = lines.length >= CHUNK_DOCUMENTS_MAX;
      const ends = lines.length >= CHUNK_DOCUMENTS_MIN && crc32(id) % ENDS_ONE_IN === 0;
      return full || ends ? take() : undefined;
    },
  };
}
