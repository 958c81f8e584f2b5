import type { Readable } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { TillsyncError } from "@tillsync/sync-protocol";
import { FEED_BYTES_MAX } from "./limits.ts";

export type FeedEncoding = "plain" | "zstd" | "gzip";

/**
 * The bytes of a feed as they come, unpacked, never more than `bytesMax`. The body is left open where it was not read to
 * its end, so that its sender can still be answered. Throws `reference.feed-broken` where the line was cut or the packing
 * is damaged, `reference.feed-too-large`.
 */
export async function* unpack(body: Readable, encoding: FeedEncoding, bytesMax = FEED_BYTES_MAX): AsyncGenerator<Uint8Array> {
  const source = encoding === "plain" ? body : unpacked(body, encoding);
  let total = 0;
  try {
    for await (const chunk of source.iterator({ destroyOnReturn: encoding !== "plain" })) {
      const bytes = chunk as Uint8Array;
      total += bytes.length;
      if (total > bytesMax) throw new TillsyncError("reference.feed-too-large", `more than ${bytesMax} bytes`);
      yield bytes;
    }
  } catch (cause) {
    if (cause instanceof TillsyncError) throw cause;
    throw new TillsyncError("reference.feed-broken", encoding === "plain" ? "the line was cut" : `cut, or not ${encoding}`, { cause });
  }
}

/** Not `pipeline`: where unpacking fails, that would close the sender's line before the answer. */
function unpacked(body: Readable, encoding: "zstd" | "gzip"): Readable {
  const unpacker = encoding === "zstd" ? createZstdDecompress() : createGunzip();
  body.once("error", (error) => unpacker.destroy(error));
  body.once("close", () => {
    if (!body.readableEnded) unpacker.destroy(new Error("the line was cut"));
  });
  return body.pipe(unpacker);
}
