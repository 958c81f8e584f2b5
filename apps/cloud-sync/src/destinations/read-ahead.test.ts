import { expect, test } from "vitest";
import { PAGE_ROWS } from "./log-pages.ts";
import { hasRoom, WINDOW_BYTES_MAX, WINDOW_ITEMS_MAX } from "./read-ahead.ts";
import type { Worker } from "./worker.ts";

const holding = (items: number, bytes: number, logHasMore = true): Worker =>
  ({ logHasMore, window: { size: () => ({ items, bytes }) } }) as Worker;

test("reads on while a page fits the window's items and its bytes are not used up, and the log has more", () => {
  const items = WINDOW_ITEMS_MAX - PAGE_ROWS;
  expect(hasRoom(holding(items, WINDOW_BYTES_MAX))).toBe(true);
  expect(hasRoom(holding(items + 1, 0))).toBe(false);
  expect(hasRoom(holding(0, WINDOW_BYTES_MAX + 1))).toBe(false);
  expect(hasRoom(holding(0, 0, false))).toBe(false);
});
