import { describe, expect, test } from "vitest";
import { orderStatuses, type OrderStatus } from "../model/order-status.ts";
import { moveOrder } from "./order-lifecycle.ts";

/**
 * Every cell, by hand: A applied, = repeated, s stale, and forbidden: c after a cancellation, p cancelled after picking,
 * n nothing has left that could come back, o nothing is left to cancel.
 */
const TABLE: Readonly<Record<OrderStatus, string>> = {
  //            created confirmed inProduction picked fulfilled shipped delivered returned cancelled
  created: "= A A A A A A n A",
  confirmed: "s = A A A A A n A",
  inProduction: "s s = A A A A n A",
  picked: "s s s = A A A n p",
  fulfilled: "s s s s = A A A p",
  shipped: "s s s s s = A A p",
  delivered: "s s s s s s = A p",
  returned: "s s s s s s s = o",
  cancelled: "s s s c c c c c =",
};
const MEANING: Readonly<Record<string, object>> = {
  A: { kind: "applied" },
  "=": { kind: "repeated" },
  s: { kind: "stale" },
  c: { kind: "forbidden", reason: expect.stringContaining("is cancelled") },
  p: { kind: "forbidden", reason: expect.stringContaining("picked already") },
  n: { kind: "forbidden", reason: expect.stringContaining("nothing can come back") },
  o: { kind: "forbidden", reason: expect.stringContaining("nothing left to cancel") },
};
const cells = orderStatuses.flatMap((current) =>
  TABLE[current].split(" ").map((cell, at) => [current, orderStatuses[at] ?? "created", cell] as const),
);

describe("an order", () => {
  test("has a cell for every state and step", () => {
    expect(cells).toHaveLength(orderStatuses.length ** 2);
    expect(new Set(cells.map(([current, step]) => `${current} ${step}`)).size).toBe(cells.length);
  });

  test.each(cells)("that stands at %s and is told %s: %s", (current, status, cell) => {
    expect(moveOrder(current, { status, tellsMore: false })).toEqual(MEANING[cell]);
  });

  test.each(cells)("that stands at %s and is told %s with goods or a parcel: news instead of a repeat (%s)", (current, status, cell) => {
    expect(moveOrder(current, { status, tellsMore: true })).toEqual(MEANING[cell === "=" ? "A" : cell]);
  });

  test.each(orderStatuses)("of which nothing was heard may begin with %s", (status) => {
    expect(moveOrder(undefined, { status, tellsMore: false })).toEqual({ kind: "applied" });
  });
});
