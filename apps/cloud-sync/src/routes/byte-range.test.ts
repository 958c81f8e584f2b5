import { expect, test } from "vitest";
import { readByteRange } from "./byte-range.ts";

test.each<[string | undefined, ReturnType<typeof readByteRange>]>([
  [undefined, undefined],
  ["bytes=0-", { from: 0, to: 10 }],
  ["bytes=4-", { from: 4, to: 10 }],
  ["bytes=4-6", { from: 4, to: 7 }],
  ["bytes=4-99", { from: 4, to: 10 }],
  ["bytes=9-9", { from: 9, to: 10 }],
  ["bytes=-3", { from: 7, to: 10 }],
  ["bytes=-99", { from: 0, to: 10 }],
  ["bytes=10-", "unsatisfiable"],
  ["bytes=-0", "unsatisfiable"],
  ["bytes=6-4", undefined],
  ["bytes=0-1,4-5", undefined],
  ["bytes=-", undefined],
  ["lines=1-2", undefined],
  ["bytes=9999999999999999-", undefined],
])("%s of ten bytes", (header, range) => {
  expect(readByteRange(header, 10)).toEqual(range);
});
