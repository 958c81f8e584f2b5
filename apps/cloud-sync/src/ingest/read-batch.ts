import { promisify } from "node:util";
import { zstdDecompress } from "node:zlib";
import { BATCH_BYTES_MAX, decodeBatch, TillsyncError, type DecodedBatch } from "@tillsync/sync-protocol";

const decompress = promisify(zstdDecompress);

/** How the body of a batch is encoded on the wire and in its segment. */
export type BodyEncoding = "zstd" | "plain";

/**
 * Decodes a batch that came in. A body that grows past the limit is stopped there, whatever it would have become.
 * Throws `wire.malformed`, `wire.too-large`, `ingest.entry-limit`.
 */
export async function readBatch(body: Uint8Array, encoding: BodyEncoding): Promise<{ batch: DecodedBatch; plainBytes: number }> {
  const plain = encoding === "plain" ? body : await decode(body);
  return { batch: decodeBatch(plain), plainBytes: plain.length };
}

async function decode(body: Uint8Array): Promise<Uint8Array> {
  try {
    return await decompress(body, { maxOutputLength: BATCH_BYTES_MAX });
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ERR_BUFFER_TOO_LARGE")
      throw new TillsyncError("wire.too-large", `more than ${BATCH_BYTES_MAX} bytes once decoded`);
    throw new TillsyncError("wire.malformed", "body is not valid zstd", { cause });
  }
}
