import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CLOCK_DRIFT_MAX_MS } from "../limits.ts";
import { compareHlc, decodeHlc, encodeHlc, HLC_ZERO, receive, tick, type Hlc } from "./hlc.ts";

const YEAR_MS = 365 * 24 * 3_600_000;
const NOW_MS = Date.UTC(2026, 10, 22);
/** Any clock: right, off by years, before 1970, past the end of the text form, no number at all. */
const wall = fc.oneof(
  fc.integer({ min: NOW_MS - 10, max: NOW_MS + 10 }),
  fc.integer({ min: NOW_MS - 30 * YEAR_MS, max: NOW_MS + 30 * YEAR_MS }),
  fc.constantFrom(-1, 0, 0.5, Number.NaN, Number.MAX_SAFE_INTEGER, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
);
const hlc: fc.Arbitrary<Hlc> = fc.record({ ms: fc.integer({ min: 0, max: NOW_MS + 30 * YEAR_MS }), counter: fc.nat(0xffff) });

test("local time goes forward under any clock, and its text sorts as it does", () => {
  fc.assert(
    fc.property(hlc, fc.array(wall, { minLength: 1, maxLength: 20 }), (from, clock) => {
      let last = from;
      for (const ms of clock) {
        if (!(ms < 0xffff_ffff_ffff)) continue;
        const next = tick(last, ms).hlc;
        expect(compareHlc(next, last)).toBeGreaterThan(0);
        expect(encodeHlc(next) > encodeHlc(last)).toBe(true);
        last = next;
      }
    }),
  );
});

test("the time of having heard comes after what was known, and after what was heard unless that leads too far", () => {
  fc.assert(
    fc.property(hlc, hlc, wall, (last, remote, ms) => {
      const reading = receive(last, remote, ms);
      if (ms > NOW_MS + 100 * YEAR_MS) return;
      expect(compareHlc(reading.hlc, last)).toBeGreaterThan(0);
      if (reading.kind !== "remoteAhead") expect(compareHlc(reading.hlc, remote)).toBeGreaterThan(0);
    }),
  );
});

test("text and value are the same thing", () => {
  fc.assert(
    fc.property(hlc, (value) => {
      expect(decodeHlc(encodeHlc(value))).toEqual(value);
    }),
  );
  fc.assert(
    fc.property(hlc, hlc, (a, b) => {
      expect(Math.sign(compareHlc(a, b))).toBe(encodeHlc(a) < encodeHlc(b) ? -1 : encodeHlc(a) > encodeHlc(b) ? 1 : 0);
    }),
  );
  for (const bad of ["", "0000000003e8-0001", "0000000003E8.0001", "0000000003e8.00001"]) expect(() => decodeHlc(bad)).toThrow();
});

describe("drift is told, with its size, and never stops the clock", () => {
  const now: Hlc = { ms: NOW_MS, counter: 0 };
  test.each([
    ["a jump back of a year", tick(now, NOW_MS - YEAR_MS), { kind: "behind", byMs: YEAR_MS }],
    ["a jump back at the limit", tick(now, NOW_MS - CLOCK_DRIFT_MAX_MS), { kind: "ok" }],
    ["a jump back one past the limit", tick(now, NOW_MS - CLOCK_DRIFT_MAX_MS - 1), { kind: "behind", byMs: CLOCK_DRIFT_MAX_MS + 1 }],
    ["a jump ahead of a year", tick(now, NOW_MS + YEAR_MS), { kind: "ok", hlc: { ms: NOW_MS + YEAR_MS, counter: 0 } }],
    [
      "a remote that leads at the limit",
      receive(now, { ms: NOW_MS + CLOCK_DRIFT_MAX_MS, counter: 3 }, NOW_MS),
      { kind: "ok", hlc: { ms: NOW_MS + CLOCK_DRIFT_MAX_MS, counter: 4 } },
    ],
    [
      "a remote that leads one past it",
      receive(now, { ms: NOW_MS + CLOCK_DRIFT_MAX_MS + 1, counter: 3 }, NOW_MS),
      { kind: "remoteAhead", byMs: CLOCK_DRIFT_MAX_MS + 1, hlc: { ms: NOW_MS, counter: 1 } },
    ],
    [
      "a remote that leads by a year",
      receive(now, { ms: NOW_MS + YEAR_MS, counter: 0 }, NOW_MS + 5),
      { kind: "remoteAhead", byMs: YEAR_MS - 5, hlc: { ms: NOW_MS + 5, counter: 0 } },
    ],
    [
      "a remote that lags by a year",
      receive(now, { ms: NOW_MS - YEAR_MS, counter: 0 }, NOW_MS),
      { kind: "ok", hlc: { ms: NOW_MS, counter: 1 } },
    ],
  ])("%s", (_, reading, expected) => expect(reading).toMatchObject(expected));
});

test("a full counter borrows a millisecond, and the end of time stands still", () => {
  expect(tick({ ms: NOW_MS, counter: 0xffff }, NOW_MS).hlc).toEqual({ ms: NOW_MS + 1, counter: 0 });
  const end = { ms: 0xffff_ffff_ffff, counter: 0xffff };
  expect(tick(end, Number.POSITIVE_INFINITY).hlc).toEqual(end);
  expect(encodeHlc(end)).toBe("ffffffffffff.ffff");
  expect(tick(HLC_ZERO, -5).hlc).toEqual({ ms: 0, counter: 1 });
});
