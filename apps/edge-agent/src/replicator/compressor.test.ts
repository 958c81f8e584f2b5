import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { createCompressor } from "./compressor.ts";

const text = (n: number): Buffer =>
  Buffer.from(Array.from({ length: n }, (_, i) => `{"seq":${i},"price":"${(i * 7919) % 1000}"}`).join("\n"));

describe("the compressor", () => {
  it("makes one whole frame of each call, in the order of the calls", async () => {
    const compressor = createCompressor();
    const batches = [text(1), text(20_000), text(3), Buffer.from("é".repeat(500)), text(5_000)];
    const frames = await Promise.all(batches.map((bytes) => compressor.compress(bytes)));
    expect(frames.map((frame) => zstdDecompressSync(frame).toString())).toEqual(batches.map(String));
    compressor.rest();
  });

  it("compresses as well as a context of its own for each would", async () => {
    const compressor = createCompressor();
    for (let i = 0; i < 3; i += 1)
      expect((await compressor.compress(text(4_000))).length).toBeLessThan(zstdCompressSync(text(4_000)).length * 1.1);
    compressor.rest();
  });

  it("goes on after a rest, and finishes what is under way before one", async () => {
    const compressor = createCompressor();
    const first = compressor.compress(text(10_000));
    compressor.rest();
    const second = compressor.compress(text(10));
    expect(zstdDecompressSync(await first)).toEqual(text(10_000));
    expect(zstdDecompressSync(await second)).toEqual(text(10));
    compressor.rest();
  });
});
