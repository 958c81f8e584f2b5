import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { appendMany } from "../journal/append-many.ts";
import { hashAt } from "../journal/hash-at.ts";
import { readBatch } from "../journal/read-batch.ts";
import { saleItem } from "../journal/testing/sales.ts";
import type { AgentStore } from "../store/agent-store.ts";
import { openAgentStore } from "../store/open-store.ts";
import { readEntries } from "./read-entries.ts";

let dir: string;
let store: AgentStore;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tillsync-read-"));
  store = openAgentStore(dir, { now: () => Date.UTC(2026, 2, 2), journalKey: "k".repeat(43) });
  appendMany(
    store,
    Array.from({ length: 30 }, (_, i) => saleItem({ sequence: i })),
  );
});
afterEach(() => {
  store.close();
  rmSync(dir, { recursive: true, force: true });
});

function read(afterSeq: number, entriesMax = 500, bytesMax = 1_000_000) {
  const lines: string[] = [];
  const result = readEntries(store, { epoch: 1, afterSeq, entriesMax, bytesMax }, (line) => lines.push(Buffer.from(line).toString()));
  return { result, lines };
}

describe("readEntries", () => {
  it.each([
    [0, 500, 1_000_000],
    [0, 7, 1_000_000],
    [23, 7, 1_000_000],
    [29, 500, 1_000_000],
    [3, 500, 4_000],
    [3, 500, 1],
    [30, 500, 1_000_000],
  ])("reads after %i what readBatch reads (at most %i entries, %i bytes)", (afterSeq, entriesMax, bytesMax) => {
    const { result, lines } = read(afterSeq, entriesMax, bytesMax);
    const expected = readBatch(store, { epoch: 1, afterSeq, entriesMax, bytesMax });
    if (expected.kind !== "batch" || result.kind !== "read") throw new Error("both read");
    expect(lines).toEqual(expected.lines.map((line) => Buffer.from(line).toString()));
    expect(result).toEqual({ kind: "read", entries: lines.length, previousHash: expected.previousHash, lastHash: expected.lastHash });
    expect(result.lastHash).toEqual(hashAt(store, 1, afterSeq + lines.length));
  });

  it("tells that entries are no longer kept", () => {
    store.db.exec("UPDATE epoch SET anchor_seq = 10, anchor_hash = x'00' WHERE epoch = 1; DELETE FROM entry WHERE key % 8589934592 <= 10");
    expect(read(4).result).toEqual({ kind: "pruned" });
    expect(read(10).lines).toHaveLength(20);
  });

  it("stops loudly at a hole, which must not exist", () => {
    store.db.exec("DELETE FROM entry WHERE key % 8589934592 = 15");
    expect(() => read(10)).toThrow("entries are dense");
  });
});
