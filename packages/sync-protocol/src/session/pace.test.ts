import { expect, test } from "vitest";
import { BATCH_ENTRIES_SLOW_MIN, PACE_START, shrinkPace, slowPace } from "./pace.ts";

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
