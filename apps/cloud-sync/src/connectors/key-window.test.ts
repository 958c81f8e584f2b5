import { expect, test } from "vitest";
import { mayKeysBeGone } from "./key-window.ts";
import { makeItem } from "./testing/make-item.ts";

const DAY_MS = 86_400_000;
const item = makeItem();
const at = item.receivedAtMs;

test.each([
  ["just received", 0, {}, false],
  ["before nine tenths", DAY_MS * 0.9 - 1, {}, false],
  ["at nine tenths", DAY_MS * 0.9, {}, true],
  ["received in the future", -1, {}, true],
  ["a replay", 0, { replay: true }, true],
])("%s", (_name, ageMs, over, gone) => expect(mayKeysBeGone({ ...item, ...over }, DAY_MS, at + ageMs)).toBe(gone));

test("a sale of days ago that has just come in may have been sent by another cloud", () => {
  const end = { local: "2026-11-17T10:00:00", utc: "2026-11-17T10:00:00Z" };
  expect(mayKeysBeGone({ ...item, transaction: { ...item.transaction, end } as never }, DAY_MS, at)).toBe(true);
});
