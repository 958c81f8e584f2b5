import { Readable } from "node:stream";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { unpack, type FeedEncoding } from "./unpack.ts";

const plain = Buffer.from("row\n".repeat(50_000));
const packed: Record<FeedEncoding, Buffer> = { plain, zstd: zstdCompressSync(plain), gzip: gzipSync(plain) };
const inPieces = (bytes: Buffer): Readable =>
  Readable.from(
    Array.from({ length: Math.ceil(bytes.length / 7) }, (_, i) => bytes.subarray(i * 7, i * 7 + 7)),
    { objectMode: false },
  );

async function read(body: Readable, encoding: FeedEncoding, bytesMax?: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of unpack(body, encoding, bytesMax)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe.each(["plain", "zstd", "gzip"] as const)("a feed that is %s", (encoding) => {
  test("is unpacked as it comes, up to the limit and not past it", async () => {
    expect((await read(inPieces(packed[encoding]), encoding, plain.length)).equals(plain)).toBe(true);
    await expect(read(inPieces(packed[encoding]), encoding, plain.length - 1)).rejects.toMatchObject({
      code: "reference.feed-too-large",
    });
  });

  test("whose line is cut is broken, wherever that was", async () => {
    for (const part of [0, 1, 5, packed[encoding].length - 1]) {
      const body = new Readable({ read: () => undefined });
      body.push(packed[encoding].subarray(0, part));
      const reading = read(body, encoding);
      setImmediate(() => body.destroy(new Error("ECONNRESET")));
      await expect(reading).rejects.toMatchObject({ code: "reference.feed-broken" });
    }
  });
});

test.each(["zstd", "gzip"] as const)("%s that ends too soon, or is none, is broken", async (encoding) => {
  for (const part of [1, 5, packed[encoding].length >> 1, packed[encoding].length - 1])
    await expect(read(inPieces(packed[encoding].subarray(0, part)), encoding), String(part)).rejects.toMatchObject({
      code: "reference.feed-broken",
    });
  await expect(read(inPieces(plain), encoding)).rejects.toMatchObject({ code: "reference.feed-broken" });
});
