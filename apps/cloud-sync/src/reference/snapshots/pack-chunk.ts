import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { constants, zstdCompress } from "node:zlib";
import { assert, CHUNK_BYTES_MAX } from "@tillsync/sync-protocol";

const compress = promisify(zstdCompress);
/** Built once and read by every terminal: worth more time than a batch of sales, which is packed with 3. */
const LEVEL = 9;

/** A chunk as it is stored and travels. */
export interface PackedChunk {
  readonly sha256: Uint8Array;
  readonly bytes: Uint8Array;
  readonly plainBytes: number;
  readonly documents: number;
}

export async function packChunk(lines: readonly string[]): Promise<PackedChunk> {
  const plain = Buffer.from(`${lines.join("\n")}\n`);
  const bytes = await compress(plain, {
    params: { [constants.ZSTD_c_compressionLevel]: LEVEL, [constants.ZSTD_c_checksumFlag]: 1 },
  });
  assert(bytes.length <= CHUNK_BYTES_MAX, "a chunk fits its limit");
  return { sha256: createHash("sha256").update(bytes).digest(), bytes, plainBytes: plain.length, documents: lines.length };
}
