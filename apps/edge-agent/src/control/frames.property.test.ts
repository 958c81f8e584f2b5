import * as fc from "fast-check";
import { expect, it } from "vitest";
import { createLineReader } from "./frames.ts";

/** Cuts bytes into pieces at the places given. */
const cut = (bytes: Buffer, places: readonly number[]): Buffer[] => {
  const at = [0, ...places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end));
};
const lineArbitrary = fc.string({ unit: "grapheme", maxLength: 400 }).map((text) => text.replaceAll("\n", ""));

it("lines come out as they went in, wherever the pieces begin and end", () => {
  fc.assert(
    fc.property(fc.array(lineArbitrary, { maxLength: 8 }), fc.array(fc.nat(), { maxLength: 40 }), (lines, places) => {
      const reader = createLineReader();
      const read: string[] = [];
      for (const piece of cut(Buffer.from(lines.map((line) => `${line}\n`).join("")), places)) {
        reader.push(piece);
        for (let line = reader.line(10_000); line !== undefined; line = reader.line(10_000)) read.push(line);
      }
      expect(read).toEqual(lines);
    }),
  );
});

it("a line of the limit is read and one of a byte more refused, wherever the pieces begin and end", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2_000 }), fc.boolean(), fc.array(fc.nat(), { maxLength: 20 }), (limit, over, places) => {
      const reader = createLineReader();
      const read = (): string | undefined => {
        let found: string | undefined;
        for (const piece of cut(Buffer.from(`${"x".repeat(over ? limit + 1 : limit)}\n`), places)) {
          reader.push(piece);
          found ??= reader.line(limit);
        }
        return found;
      };
      if (over) expect(read).toThrow(expect.objectContaining({ code: "wire.too-large" }));
      else expect(read()).toHaveLength(limit);
    }),
  );
});
