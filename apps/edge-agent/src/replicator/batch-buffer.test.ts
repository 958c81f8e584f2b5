import { describe, expect, it } from "vitest";
import { BATCH_BYTES_MAX, encodeBatch, epoch, hashHex, seq, terminalId, type PushHeader } from "@tillsync/sync-protocol";
import { createBatchBuffers, type BatchBuffers } from "./batch-buffer.ts";
import { HEADER_BYTES_MAX } from "./limits.ts";

/** As long as a header can be. */
const header = (count: number): PushHeader => ({
  version: 1,
  terminal: terminalId("t".repeat(64)),
  epoch: epoch(1_000_000),
  firstSeq: seq(Number.MAX_SAFE_INTEGER - 1_000),
  count,
  previousHash: hashHex("a".repeat(64)),
  head: { seq: seq(Number.MAX_SAFE_INTEGER - 1_001 + count), hash: hashHex("b".repeat(64)), signature: "s".repeat(86) },
  verdictsAfter: Number.MAX_SAFE_INTEGER,
});

const lines = (count: number, bytes: number): Uint8Array[] => Array.from({ length: count }, (_, i) => Buffer.alloc(bytes, 0x61 + (i % 26)));

function put(buffers: BatchBuffers, all: Uint8Array[]): { bytes: Uint8Array; giveBack: () => void } {
  const buffer = buffers.take();
  for (const line of all) buffer.add(line);
  return { bytes: buffer.finish(header(all.length)), giveBack: () => buffers.giveBack(buffer) };
}

describe("a batch's buffer", () => {
  it.each([
    [1, 1],
    [500, 970],
    [500, 3_000],
    [7, 1_000_000],
  ])("gives the bytes of encodeBatch: %i lines of %i bytes", (count, bytes) => {
    const all = lines(count, bytes);
    expect(Buffer.compare(put(createBatchBuffers(), all).bytes, encodeBatch(header(count), all))).toBe(0);
  });

  it("leaves nothing of the batch before, and two under way do not touch each other", () => {
    const buffers = createBatchBuffers();
    const first = put(buffers, lines(500, 2_000));
    first.giveBack();
    const second = put(buffers, lines(2, 10));
    const third = put(buffers, lines(3, 20));
    expect(second.bytes.buffer).toBe(first.bytes.buffer);
    expect(third.bytes.buffer).not.toBe(second.bytes.buffer);
    expect(Buffer.from(second.bytes)).toEqual(Buffer.from(encodeBatch(header(2), lines(2, 10))));
    expect(Buffer.from(third.bytes)).toEqual(Buffer.from(encodeBatch(header(3), lines(3, 20))));
  });

  it("has room for the longest header, and holds a batch at its limit and none past it", () => {
    const longest = JSON.stringify(header(500)).length + 1;
    expect(longest).toBeLessThanOrEqual(HEADER_BYTES_MAX);
    const own = JSON.stringify(header(8)).length + 1;
    const rest = BATCH_BYTES_MAX - own;
    const atLimit = [...lines(7, 1_000_000), Buffer.alloc(rest - 7 * 1_000_001 - 1, 0x7a)];
    expect(put(createBatchBuffers(), atLimit).bytes).toHaveLength(BATCH_BYTES_MAX);
    const past = [...lines(7, 1_000_000), Buffer.alloc(rest - 7 * 1_000_001, 0x7a)];
    expect(() => put(createBatchBuffers(), past)).toThrow("batch within its byte limit");
  });
});
