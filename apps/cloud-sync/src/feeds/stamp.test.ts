import { expect, test } from "vitest";
import { nextStamp, readFrom, readStamp } from "./stamp.ts";

const OVERLAP_MS = 300_000;
const AT = "2026-11-22T10:00:00.000Z";
const next = (known: string | undefined, newest: string | undefined, nowMs: number): string =>
  nextStamp(readStamp(known), newest, "", nowMs, OVERLAP_MS);
const fromOf = (text: string): string | undefined => {
  const stamp = readStamp(text);
  return stamp && readFrom(stamp, OVERLAP_MS);
};

test("reads with an overlap until nothing older can still be under way, and a round longer", () => {
  const first = next(undefined, AT, 0);
  expect(fromOf(first)).toBe("2026-11-22T09:55:00.000Z");
  const waiting = next(first, AT, OVERLAP_MS - 1);
  expect(fromOf(waiting)).toBe("2026-11-22T09:55:00.000Z");
  // The round that begins now still reads by the stamp before; what it is recorded with needs no overlap.
  const settled = next(waiting, AT, OVERLAP_MS);
  expect(fromOf(settled)).toBe(AT);
  expect(fromOf(next(settled, "2026-11-22T10:00:00.001Z", OVERLAP_MS + 1))).toBe("2026-11-22T09:55:00.001Z");
});

test("never goes back, whatever is deleted at the system and whatever our clock does", () => {
  const first = next(undefined, AT, 1_000);
  expect(readStamp(next(first, "2026-11-22T09:00:00.000Z", 2_000))?.at).toBe(AT);
  expect(readStamp(next(first, undefined, 2_000))?.at).toBe(AT);
  expect(readStamp(next(first, AT, 0))).toMatchObject({ seenMs: 0, settled: false });
  expect(fromOf(next(undefined, undefined, 0))).toBeUndefined();
});
