import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TillsyncError } from "../errors/tillsync-error.ts";
import { BATCH_BYTES_MAX, BATCH_ENTRIES_MAX, ENTRY_BYTES_MAX, PUSH_HEADER_BYTES_MAX } from "../limits.ts";
import type { PushHeader } from "../messages/push.ts";
import { decodeBatch, splitLines } from "./decode-batch.ts";
import { encodeBatch } from "./encode-batch.ts";

const encoder = new TextEncoder();
const headerFor = (count: number, firstSeq = 1): PushHeader =>
  ({
    version: 1,
    terminal: "till-1",
    epoch: 1,
    firstSeq,
    count,
    previousHash: "0".repeat(64),
    head: { seq: firstSeq + count - 1, hash: "1".repeat(64), signature: "s".repeat(86) },
    verdictsAfter: 0,
  }) as PushHeader;
const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof TillsyncError) return error.code;
    throw error;
  }
  return "none";
};
const line = fc.uint8Array({ minLength: 1, maxLength: 60 }).map((bytes) => bytes.map((byte) => (byte === 10 ? 11 : byte)));
const lines = fc.array(line, { minLength: 1, maxLength: 20 });
const withLength = (length: number): Uint8Array => new Uint8Array(length).fill(97);

test("any bytes but a line feed come back as they were, byte for byte", () => {
  fc.assert(
    fc.property(lines, fc.integer({ min: 1, max: 1e9 }), (content, firstSeq) => {
      const header = headerFor(content.length, firstSeq);
      const decoded = decodeBatch(encodeBatch(header, content));
      expect(decoded.header).toEqual(header);
      expect(decoded.lines.map((one) => [...one])).toEqual(content.map((one) => [...one]));
      expect(splitLines(decoded.body).length).toBe(content.length);
    }),
  );
});

test("a damaged batch is decoded or refused with a code, never anything else", () => {
  const damage = fc.oneof(
    fc.record({ kind: fc.constant("flip" as const), at: fc.nat(), by: fc.integer({ min: 1, max: 255 }) }),
    fc.record({ kind: fc.constant("cut" as const), at: fc.nat(), by: fc.nat(50) }),
    fc.record({ kind: fc.constant("insert" as const), at: fc.nat(), by: fc.nat(255) }),
  );
  fc.assert(
    fc.property(lines, damage, (content, { kind, at, by }) => {
      const whole = encodeBatch(headerFor(content.length), content);
      const where = at % whole.length;
      const changed = kind === "flip" ? whole.map((byte, i) => (i === where ? byte + by : byte)) : whole;
      const bytes = kind === "cut" ? new Uint8Array([...whole.slice(0, where), ...whole.slice(where + by)]) : changed;
      const damaged = kind === "insert" ? new Uint8Array([...whole.slice(0, where), by, ...whole.slice(where)]) : bytes;
      expect(["none", "wire.malformed", "wire.too-large", "ingest.entry-limit"]).toContain(codeOf(() => decodeBatch(damaged)));
    }),
    { numRuns: 2_000 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(codeOf(() => decodeBatch(bytes))).toBe("wire.malformed");
    }),
  );
});

describe("framing", () => {
  const text = (header: unknown, ...rest: string[]) =>
    encoder.encode([typeof header === "string" ? header : JSON.stringify(header), ...rest].join("\n"));
  test.each([
    ["nothing", new Uint8Array(0)],
    ["a header without its end", text(headerFor(1))],
    ["a last line without its end", text(headerFor(1), "{}")],
    ["an empty line", text(headerFor(2), "{}", "", "")],
    ["a line too few", text(headerFor(2), "{}", "")],
    ["a line too many", text(headerFor(1), "{}", "{}", "")],
    ["a header that is no JSON", text("{", "{}", "")],
    ["a header nested beyond any need", text("[".repeat(1_000), "{}", "")],
    ["a header with a field too many", text({ ...headerFor(1), extra: 1 }, "{}", "")],
    ["a head that is not the last entry", text({ ...headerFor(1), firstSeq: 2 }, "{}", "")],
    ["an entry numbered 0", text({ ...headerFor(1), firstSeq: 0, head: { ...headerFor(1).head, seq: 0 } }, "{}", "")],
    ["another version", text({ ...headerFor(1), version: 2 }, "{}", "")],
    ["HTML", encoder.encode("<!doctype html>\n<html></html>\n")],
  ])("%s is malformed", (_, bytes) => {
    expect(codeOf(() => decodeBatch(bytes))).toBe("wire.malformed");
  });
});

describe("limits", () => {
  test("entries in a batch", () => {
    const many = Array.from({ length: BATCH_ENTRIES_MAX }, () => withLength(1));
    expect(decodeBatch(encodeBatch(headerFor(many.length), many)).lines.length).toBe(BATCH_ENTRIES_MAX);
    expect(() => encodeBatch(headerFor(many.length + 1), [...many, withLength(1)])).toThrow("assertion failed");
    const past = encoder.encode(`${JSON.stringify(headerFor(many.length + 1))}\n${"a\n".repeat(many.length + 1)}`);
    expect(codeOf(() => decodeBatch(past))).toBe("wire.malformed");
  });

  test("bytes of an entry", () => {
    const batch = encodeBatch(headerFor(1), [withLength(ENTRY_BYTES_MAX)]);
    expect(decodeBatch(batch).lines[0]?.length).toBe(ENTRY_BYTES_MAX);
    expect(() => encodeBatch(headerFor(1), [withLength(ENTRY_BYTES_MAX + 1)])).toThrow("assertion failed");
    const head = encoder.encode(`${JSON.stringify(headerFor(1))}\n`);
    const past = new Uint8Array([...head, ...withLength(ENTRY_BYTES_MAX + 1), 10]);
    expect(codeOf(() => decodeBatch(past))).toBe("ingest.entry-limit");
  });

  test("bytes of a batch", () => {
    const header = headerFor(8);
    const room = BATCH_BYTES_MAX - encoder.encode(JSON.stringify(header)).length - 1;
    const rest = room - 7 * (ENTRY_BYTES_MAX + 1) - 1;
    const content = [...Array.from({ length: 7 }, () => withLength(ENTRY_BYTES_MAX)), withLength(rest)];
    const batch = encodeBatch(header, content);
    expect(batch.length).toBe(BATCH_BYTES_MAX);
    expect(decodeBatch(batch).lines.length).toBe(8);
    expect(() => encodeBatch(header, content.with(7, withLength(rest + 1)))).toThrow("assertion failed");
    expect(codeOf(() => decodeBatch(new Uint8Array(BATCH_BYTES_MAX + 1)))).toBe("wire.too-large");
  });

  test("bytes of a header: the longest one fits, a longer line is no header", () => {
    const longest = {
      ...headerFor(BATCH_ENTRIES_MAX, Number.MAX_SAFE_INTEGER - BATCH_ENTRIES_MAX + 1),
      terminal: "t".repeat(64),
      epoch: 1_000_000,
      verdictsAfter: Number.MAX_SAFE_INTEGER,
    } as PushHeader;
    expect(JSON.stringify(longest).length).toBeLessThanOrEqual(PUSH_HEADER_BYTES_MAX);
    const padded = (size: number) => encoder.encode(`${JSON.stringify(headerFor(1)).padEnd(size, " ")}\na\n`);
    expect(codeOf(() => decodeBatch(padded(PUSH_HEADER_BYTES_MAX)))).toBe("none");
    expect(codeOf(() => decodeBatch(padded(PUSH_HEADER_BYTES_MAX + 1)))).toBe("wire.malformed");
  });
});
