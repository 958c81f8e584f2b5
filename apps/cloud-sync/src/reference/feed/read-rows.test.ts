import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { FeedRow } from "./feed-row.ts";
import { ROW_BYTES_MAX, ROW_DEPTH_MAX } from "./limits.ts";
import { readNdjson } from "./read-ndjson.ts";
import { createSeenRows } from "./seen-rows.ts";

async function read(bytes: Uint8Array | string, pieceBytes = 1 << 16): Promise<FeedRow[]> {
  const all = Buffer.from(bytes as string);
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < all.length; i += pieceBytes) yield all.subarray(i, i + pieceBytes);
  }
  const rows: FeedRow[] = [];
  for await (const some of readNdjson(pieces())) rows.push(...some);
  return rows;
}

const fields = (row: FeedRow | undefined): unknown => (row !== undefined && "fields" in row.read ? row.read.fields : undefined);
const refusal = (row: FeedRow | undefined): unknown => (row !== undefined && "refusal" in row.read ? row.read.refusal : undefined);

describe("lines", () => {
  test("byte order mark, CRLF, blank lines and a last line without an end are no trouble; numbers count every line", async () => {
    const rows = await read('\ufeff{"id":"a"}\r\n\r\n \t\n{"id":"b"}\n\n{"id":"c"}');
    expect(rows.map((row) => [row.line, fields(row)])).toEqual([
      [1, { id: "a" }],
      [4, { id: "b" }],
      [6, { id: "c" }],
    ]);
  });

  test("are the same in whatever pieces they come", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.json({ maxDepth: 2 }), fc.constant(""), fc.string())),
        fc.constantFrom("\n", "\r\n"),
        fc.nat(9),
        async (lines, end, piece) => {
          const text = lines.join(end);
          expect(await read(text, piece + 1)).toEqual(await read(text));
        },
      ),
      { numRuns: 100 },
    );
  });

  test("one that is no UTF-8, or cut short, harms no other", async () => {
    const rows = await read(
      Buffer.concat([Buffer.from('{"id":"a"}\n{"id":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}\n{"id":"b"}\n{"id":"c')]),
    );
    expect(rows.map((row) => fields(row) ?? refusal(row))).toEqual([
      { id: "a" },
      { code: "reference.encoding-wrong", detail: "not UTF-8" },
      { id: "b" },
      { code: "reference.row-malformed", detail: "the feed ends in the middle of the row" },
    ]);
  });

  test("are taken up to their limit and not kept past it", async () => {
    const row = (bytes: number): string => `{"a":"${"x".repeat(bytes - 8)}"}`;
    expect(row(100)).toHaveLength(100);
    for (const end of ["\n", "\r\n"]) {
      const rows = await read(
        ["\ufeff", row(ROW_BYTES_MAX), end, row(ROW_BYTES_MAX + 1), end, row(20), end, "y".repeat(3 * ROW_BYTES_MAX)].join(""),
      );
      expect(rows.map((one) => fields(one) !== undefined || refusal(one))).toEqual([
        true,
        { code: "reference.row-too-large", detail: `more than ${ROW_BYTES_MAX} bytes` },
        true,
        { code: "reference.row-too-large", detail: `more than ${ROW_BYTES_MAX} bytes` },
      ]);
    }
  });
});

describe("rows", () => {
  const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
  test.each([
    ["no JSON", "{id}", "not JSON"],
    ["a list", '["a"]', "not an object"],
    ["null", "null", "not an object"],
    ["a name twice", '{"id":"a","id":"b"}', "a name comes twice"],
    ["a name twice, deep inside", '{"id":"a","x":[{"y":1,"\\u0079":2}]}', "a name comes twice"],
    ["a prototype", '{"id":"a","__proto__":{"amount":"0"}}', "the name __proto__"],
    ["a prototype, escaped and deep inside", '{"id":"a","x":{"\\u005f_proto__":1}}', "the name __proto__"],
    ["a NUL character", '{"id":"a\\u0000"}', "a text with a NUL character"],
    ["a NUL character in a name", '{"a\\u0000":1}', "a text with a NUL character"],
    ["half a pair", '{"id":"\\ud83d"}', "a text with half a surrogate pair"],
    ["depth", nested(ROW_DEPTH_MAX + 1), `nested deeper than ${ROW_DEPTH_MAX}`],
    ["enormous depth", "[".repeat(ROW_BYTES_MAX), `nested deeper than ${ROW_DEPTH_MAX}`],
    ["an open string", '{"id":"a', "the feed ends in the middle of the row"],
  ])("with %s are refused, and the reason repeats nothing of them", async (_what, line, detail) => {
    const [row] = await read(detail.includes("ends") ? line : `${line}\n`);
    expect(refusal(row)).toEqual({ code: "reference.row-malformed", detail });
  });

  test("that only look so are taken", async () => {
    const text = String.raw`{"id":"a: \"b\": {[\\","x":"\\\"","😀":"😀","a":{"a":[{"a":1},{"a":2}]},"constructor":":"}`;
    const rows = await read(`${text}\n${nested(ROW_DEPTH_MAX)}\n`);
    expect(fields(rows[0])).toEqual(JSON.parse(text));
    expect(fields(rows[1])).toBeDefined();
  });

  test("any object that JSON.stringify writes is read as it was", async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue({ maxDepth: 4 })), async (value) => {
        const text = JSON.stringify(value);
        const [row] = await read(text);
        const odd = text.includes("\\u0000") || text.includes("__proto__") || /\\ud[89a-f]/.test(text);
        if (!odd) expect(fields(row)).toEqual(JSON.parse(text));
      }),
      { numRuns: 200 },
    );
  });
});

test("what a feed has had is remembered exactly, however much it is", () => {
  const seen = createSeenRows();
  const ids = Array.from({ length: 6_000 }, (_, i) => `id-${i}`);
  for (const id of ids) expect(seen.note(id, `content of ${id}`)).toBe("first");
  for (const id of ids) expect(seen.note(id, `content of ${id}`)).toBe("same");
  expect(seen.note("id-7", "other")).toBe("other");
  expect(seen.note("id-7", "content of id-7")).toBe("same");
  expect(ids.every((id) => seen.has(id))).toBe(true);
  expect(Array.from({ length: 6_000 }, (_, i) => seen.has(`never-${i}`)).includes(true)).toBe(false);
});
