import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BATCH_BYTES_MAX, BATCH_ENTRIES_MAX, IN_FLIGHT_MAX } from "../limits.ts";
import {
  BATCH_ENTRIES_SLOW_MIN,
  BATCH_ENTRIES_START,
  growPace,
  IN_FLIGHT_START,
  LATENCY_DOMINATES_MS,
  limitPace,
  narrowPace,
  PACE_START,
  QUICK_ANSWER_MS,
  RETRY_AFTER_MAX_MS,
  RETRY_BASE_MS,
  RETRY_CAP_MS,
  retryDelayMs,
  shrinkPace,
  slowPace,
  spreadMs,
  type Pace,
} from "./pace.ts";

const full = (pace: Pace, tookMs: number) => growPace(pace, { entries: pace.entriesMax, tookMs });

describe("how much is sent at once", () => {
  test("four quick answers reach the full batch, then the window grows where latency dominates", () => {
    const sizes = [PACE_START];
    for (let i = 0; i < 4; i++) sizes.push(full(sizes.at(-1) ?? PACE_START, LATENCY_DOMINATES_MS));
    expect(sizes.map((pace) => pace.entriesMax)).toEqual([BATCH_ENTRIES_START, 150, 225, 338, BATCH_ENTRIES_MAX]);
    expect(sizes.at(-1)?.inFlightMax).toBe(IN_FLIGHT_START);
    let pace = sizes.at(-1) ?? PACE_START;
    for (let i = 0; i < 20; i++) pace = full(pace, LATENCY_DOMINATES_MS);
    expect(pace.inFlightMax).toBe(IN_FLIGHT_MAX);
  });

  test("a slow answer, one that is not full, and a fast line with full batches change nothing", () => {
    expect(full(PACE_START, QUICK_ANSWER_MS + 1)).toBe(PACE_START);
    expect(full(PACE_START, QUICK_ANSWER_MS).entriesMax).toBe(150);
    expect(growPace(PACE_START, { entries: PACE_START.entriesMax - 1, tookMs: 1 })).toBe(PACE_START);
    const large = { ...PACE_START, entriesMax: BATCH_ENTRIES_MAX };
    expect(full(large, LATENCY_DOMINATES_MS - 1)).toBe(large);
  });

  test("trouble halves, down to one", () => {
    expect(slowPace(PACE_START)).toMatchObject({ entriesMax: 50, inFlightMax: 1 });
    expect(narrowPace(PACE_START)).toMatchObject({ entriesMax: 100, inFlightMax: 1 });
    expect(shrinkPace(PACE_START, 30).entriesMax).toBe(15);
    expect(shrinkPace(PACE_START, 1_000).entriesMax).toBe(50);
    let pace: Pace = PACE_START;
    for (let i = 0; i < 12; i++) pace = shrinkPace(slowPace(pace), pace.entriesMax);
    expect(pace).toMatchObject({ entriesMax: 1, inFlightMax: 1 });
    expect(full(pace, 1).entriesMax).toBe(2);
  });

  test("the smaller of both sides' limits holds, whatever happens", () => {
    const steps = fc.array(fc.constantFrom("grow", "slow", "narrow", "shrink", "limit"), { maxLength: 40 });
    const limits = fc.record({
      batchEntriesMax: fc.integer({ min: 1, max: BATCH_ENTRIES_MAX }),
      batchBytesMax: fc.constant(BATCH_BYTES_MAX),
      inFlightMax: fc.integer({ min: 1, max: IN_FLIGHT_MAX }),
    });
    fc.assert(
      fc.property(steps, limits, (actions, told) => {
        let pace = limitPace(PACE_START, told);
        for (const action of actions) {
          if (action === "grow") pace = full(pace, LATENCY_DOMINATES_MS);
          if (action === "slow") pace = slowPace(pace);
          if (action === "narrow") pace = narrowPace(pace);
          if (action === "shrink") pace = shrinkPace(pace, pace.entriesMax);
          if (action === "limit") pace = limitPace(pace, told);
          expect(pace.entriesMax).toBeGreaterThanOrEqual(1);
          expect(pace.entriesMax).toBeLessThanOrEqual(told.batchEntriesMax);
          expect(pace.inFlightMax).toBeGreaterThanOrEqual(1);
          expect(pace.inFlightMax).toBeLessThanOrEqual(told.inFlightMax);
        }
      }),
    );
  });
});

describe("how long it waits", () => {
  test("full jitter over a window that doubles up to its cap", () => {
    expect([0, 1, 2, 7, 50].map((failures) => retryDelayMs(failures, 0.5))).toEqual([
      RETRY_BASE_MS / 2,
      RETRY_BASE_MS,
      1_000,
      RETRY_CAP_MS / 2,
      RETRY_CAP_MS / 2,
    ]);
    expect(retryDelayMs(3, 0)).toBe(0);
  });

  test("what the far end asks for is the floor, up to its own cap", () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.double({ min: 0, max: 0.999, noNaN: true }), fc.nat(RETRY_AFTER_MAX_MS), (failures, random, asked) => {
        const delay = retryDelayMs(failures, random, asked);
        expect(delay).toBeGreaterThanOrEqual(asked);
        expect(delay).toBeLessThanOrEqual(asked + RETRY_CAP_MS);
      }),
    );
    expect(retryDelayMs(0, 0, RETRY_AFTER_MAX_MS)).toBe(RETRY_AFTER_MAX_MS);
    expect(retryDelayMs(0, 0, RETRY_AFTER_MAX_MS + 1)).toBe(RETRY_AFTER_MAX_MS);
    expect(retryDelayMs(0, 0, -5)).toBe(0);
  });

  test("polling is spread by a quarter to both sides", () => {
    expect([0, 0.5, 1].map((random) => spreadMs(60_000, random))).toEqual([45_000, 60_000, 75_000]);
  });
});

test.each([
  [500, 250],
  [33, 16],
  [BATCH_ENTRIES_SLOW_MIN, BATCH_ENTRIES_SLOW_MIN],
  [4, 4],
])("trouble of the line takes batches of %i down to %i, and no further than their floor", (entriesMax, slower) => {
  expect(slowPace({ ...PACE_START, entriesMax }).entriesMax).toBe(slower);
});

test("a batch that was too large shrinks down to one entry", () => {
  expect(shrinkPace({ ...PACE_START, entriesMax: 3 }, 3).entriesMax).toBe(1);
  expect(shrinkPace({ ...PACE_START, entriesMax: 1 }, 1).entriesMax).toBe(1);
});
