import { constants, createZstdCompress, type ZstdCompress } from "node:zlib";
import { ZSTD_LEVEL } from "./limits.ts";

/** Output comes in pieces of this. A full batch of sales is two to four of them. */
const CHUNK_BYTES = 32 * 1024;

export interface Compressor {
  /** One zstd frame of `bytes`, which must not change until it resolves. One after the other, in the order of the calls. */
  compress(bytes: Uint8Array): Promise<Uint8Array>;
  /** Gives its memory back until the next call. Waits for what is under way. */
  rest(): void;
}

/**
 * zstd on libuv's threads, so that the sale that comes meanwhile does not wait for it. One context for all batches: a new
 * one for each took a quarter more time, and its megabytes lay about in the allocator's arenas.
 */
export function createCompressor(): Compressor {
  let stream: ZstdCompress | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
  const close = (): void => {
    stream?.destroy();
    stream = undefined;
  };
  return {
    compress: (bytes) =>
      inTurn(async () => {
        try {
          return await compressFrame((stream ??= open()), bytes);
        } catch (error) {
          close();
          throw error;
        }
      }),
    rest: () => void inTurn(() => Promise.resolve(close())),
  };
}

const open = (): ZstdCompress =>
  createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL }, chunkSize: CHUNK_BYTES });

function compressFrame(stream: ZstdCompress, bytes: Uint8Array): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  return new Promise<Uint8Array>((resolve, reject) => {
    const take = (piece: Uint8Array): void => void pieces.push(piece);
    const settle = (): void => void stream.off("data", take).off("error", reject);
    stream.on("data", take).on("error", reject);
    stream.write(bytes);
    stream.flush(constants.ZSTD_e_end, () => {
      settle();
      resolve(Buffer.concat(pieces));
    });
  });
}
