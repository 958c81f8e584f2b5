import { zstdDecompressSync } from "node:zlib";
import { BATCH_BYTES_MAX, decodeBatch, TillsyncError, type DecodedBatch } from "@tillsync/sync-protocol";

/** Output is gathered in pieces of this size; the default of 16 KiB costs three times the work for a batch of 700 KB. */
const PIECE_BYTES = 1024 * 1024;

/** How the body of a batch is encoded on the wire and in its segment. */
export type BodyEncoding = "zstd" | "plain";

/**
 * Decodes a batch that came in. A body that grows past the limit is stopped there, whatever it would have become.
 * Throws `wire.malformed`, `wire.too-large`, `ingest.entry-limit`.
 */
export function readBatch(body: Uint8Array, encoding: BodyEncoding): { batch: DecodedBatch; plainBytes: number } {
  const plain = encoding === "plain" ? body : decode(body);
  return { batch: decodeBatch(plain), plainBytes: plain.length };
}

/** In line: half a millisecond for a full batch and some ten at the limit, a third of what handing it to a thread costs. */
function decode(body: Uint8Array): Uint8Array {
  try {
    return zstdDecompressSync(body, { maxOutputLength: BATCH_BYTES_MAX, chunkSize: PIECE_BYTES });
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ERR_BUFFER_TOO_LARGE")
      throw new TillsyncError("wire.too-large", `more than ${BATCH_BYTES_MAX} bytes once decoded`);
    throw new TillsyncError("wire.malformed", "body is not valid zstd", { cause });
  }
}
