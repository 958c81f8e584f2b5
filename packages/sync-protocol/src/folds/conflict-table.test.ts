import { describe, expect, test } from "vitest";
import { encodeHlc } from "../clock/hlc.ts";
import { terminalId } from "../ids.ts";
import type { OrderStatus } from "../model/order-status.ts";
import { documentSchemas, type HandOverOrder } from "../reference/collection.ts";
import type { OrderConflict } from "../reference/documents/order.ts";
import { rewriteOrder, tellOrderFact } from "./hand-over.ts";

type Happening = (order: HandOverOrder) => HandOverOrder;

const hlc = (ms: number) => encodeHlc({ ms, counter: 0 });
const start = documentSchemas.orders.parse({
  id: "4711",
  orderId: "4711",
  storeId: "S1",
  status: "confirmed",
  lines: [],
  currency: "EUR",
  exponent: 2,
  total: "100",
  due: "0",
});

const picked: Happening = (order) => tellOrderFact(order, { status: "picked", pickedRevision: 1 });
const pickedAnew: Happening = (order) => tellOrderFact(order, { status: "picked", pickedRevision: 2 });
const told =
  (status: OrderStatus): Happening =>
  (order) =>
    tellOrderFact(order, { status });
const handedOverBy =
  (till: number): Happening =>
  (order) =>
    tellOrderFact(order, { status: "fulfilled", handOver: { terminal: terminalId(`till-${till}`), at: hlc(till) } });
/** What the order's own system writes, whatever it knows of the shop. */
const changed: Happening = (order) => rewriteOrder(order, { ...start, revision: 2, total: start.due }, hlc(5));

/** The rows of "When two things cannot both be right" of `docs/operate/orders.md`. */
const ROWS: readonly [string, readonly Happening[], OrderStatus, OrderConflict | undefined][] = [
  ["cancelled, and picked in the shop", [told("cancelled"), picked], "cancelled", undefined],
  ["cancelled, and handed over", [told("cancelled"), picked, handedOverBy(1)], "fulfilled", "handed-over-after-cancel"],
  ["cancelled, and shipped", [told("cancelled"), told("shipped")], "shipped", "handed-over-after-cancel"],
  ["cancelled, and delivered", [told("cancelled"), told("delivered")], "delivered", "handed-over-after-cancel"],
  ["handed over by two tills", [picked, handedOverBy(1), handedOverBy(2)], "fulfilled", "handed-over-twice"],
  ["handed over by one till, told twice", [picked, handedOverBy(1), handedOverBy(1)], "fulfilled", undefined],
  ["cancelled, and handed over by two tills", [told("cancelled"), handedOverBy(1), handedOverBy(2)], "fulfilled", "handed-over-twice"],
  ["changed, not picked yet", [changed], "confirmed", undefined],
  ["changed after the picking", [picked, changed], "picked", "changed-after-pick"],
  ["changed after the picking, and picked anew", [picked, changed, pickedAnew], "picked", undefined],
  ["changed after the hand-over", [picked, handedOverBy(1), changed], "fulfilled", "changed-after-pick"],
  ["an earlier status again", [picked, told("created"), told("confirmed")], "picked", undefined],
  ["handed over and returned", [picked, handedOverBy(1), told("returned")], "returned", undefined],
  ["cancelled, handed over, and returned", [told("cancelled"), handedOverBy(1), told("returned")], "returned", undefined],
  ["handed over by two tills, and returned", [handedOverBy(1), handedOverBy(2), told("returned")], "returned", "handed-over-twice"],
];

const orders = <T>(list: readonly T[]): T[][] =>
  list.length === 0 ? [[]] : list.flatMap((one, i) => orders(list.toSpliced(i, 1)).map((rest) => [one, ...rest]));

describe("what is written for staff and head office", () => {
  test.each(ROWS)("%s: the same in every order", (_what, happenings, status, conflict) => {
    for (const order of orders(happenings)) {
      const end = order.reduce((known, happening) => happening(known), start);
      expect([end.status, end.conflict]).toEqual([status, conflict]);
    }
  });

  test("every conflict is in the table", () => {
    expect(new Set(ROWS.map(([, , , conflict]) => conflict))).toEqual(
      new Set([undefined, "handed-over-twice", "handed-over-after-cancel", "changed-after-pick"]),
    );
  });
});
