import { expect, it } from "vitest";
import { restAfterWhole } from "./rest-after-whole.ts";

it.each([
  [0, 10_000],
  [20_000, 10_000],
  [20_002, 10_001],
  [120_000, 60_000],
  [120_001, 60_000],
])("a folder of %i files rests for %i ms", (files, ms) => {
  expect(restAfterWhole({ rescanMs: 10_000 }, files)).toBe(ms);
});

it("never rests shorter than its rescan", () => {
  expect(restAfterWhole({ rescanMs: 3_600_000 }, 1_000_000)).toBe(3_600_000);
});
