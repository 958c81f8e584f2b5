import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeHlc } from "../clock/hlc.ts";
import { terminalId } from "../ids.ts";
import { orderStatuses, type OrderStatus } from "../model/order-status.ts";
import { moveOrder, ORDER_MOVES } from "../orders/order-lifecycle.ts";
import { documentSchemas, type HandOverOrder } from "../reference/collection.ts";
import { HAND_OVERS_MAX } from "../reference/documents/order.ts";
import { conflictOf, mergeOrders, rankOf, rewriteOrder, tellOrderFact, type OrderFact } from "./hand-over.ts";

const hlc = (ms: number) => encodeHlc({ ms, counter: 0 });
const order = (fields: Partial<HandOverOrder> = {}): HandOverOrder =>
  documentSchemas.orders.parse({
    id: "4711",
    orderId: "4711",
    storeId: "S1",
    status: "created",
    lines: [],
    currency: "EUR",
    exponent: 2,
    total: "0",
    due: "0",
    ...fields,
  });
const revisionOf = (n: number): Partial<HandOverOrder> => ({ revision: n, total: String(n * 100) as HandOverOrder["total"] });

const fact: fc.Arbitrary<OrderFact> = fc
  .record({
    status: fc.constantFrom(...orderStatuses),
    pickedRevision: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
    till: fc.option(fc.integer({ min: 1, max: 13 }), { nil: undefined }),
    ms: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ till, ms, ...rest }) => ({
    ...rest,
    ...(till === undefined ? {} : { handOver: { terminal: terminalId(`till-${till}`), at: hlc(ms) } }),
  }));
/** One replica's picture: some revision of the order, and what it knows to have happened. */
const picture = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.array(fact, { maxLength: 8 }))
  .map(([n, facts]) => facts.reduce(tellOrderFact, order({ ...revisionOf(n), status: "created" })));

describe("an order", () => {
  test("is the same whatever the order, grouping and number of times in which pictures meet", () => {
    fc.assert(
      fc.property(picture, picture, picture, (a, b, c) => {
        const whole = mergeOrders(mergeOrders(a, b), c);
        expect(mergeOrders(a, mergeOrders(b, c))).toEqual(whole);
        expect(mergeOrders(mergeOrders(c, a), b)).toEqual(whole);
        expect(mergeOrders(whole, b)).toEqual(whole);
        expect(mergeOrders(whole, whole)).toEqual(whole);
        expect(documentSchemas.orders.parse(whole)).toEqual(whole);
      }),
    );
  });

  test("never goes back, and forgets no till, whatever it meets", () => {
    fc.assert(
      fc.property(picture, picture, (a, b) => {
        const met = mergeOrders(a, b);
        for (const one of [a, b]) {
          expect(rankOf(met.status)).toBeGreaterThanOrEqual(rankOf(one.status));
          expect(met.revision).toBeGreaterThanOrEqual(one.revision);
          if ((met.handOvers?.length ?? 0) < HAND_OVERS_MAX)
            for (const { terminal } of one.handOvers ?? []) expect(met.handOvers?.map((each) => each.terminal)).toContain(terminal);
        }
      }),
    );
  });

  test("never goes back when its own system writes it, whatever that says, and writing it again changes nothing", () => {
    fc.assert(
      fc.property(picture, picture, (known, written) => {
        const once = rewriteOrder(known, written, hlc(9));
        expect(rankOf(once.status)).toBeGreaterThanOrEqual(rankOf(known.status));
        expect(once.revision).toBeGreaterThanOrEqual(known.revision);
        expect(once.total).toBe(written.total);
        expect(rewriteOrder(once, written, hlc(10))).toEqual(once);
      }),
    );
  });

  test("control: who arrives last wins, or conflicts are taken over instead of derived, and it is noticed", () => {
    const arrival = (_a: HandOverOrder, b: HandOverOrder): HandOverOrder => b;
    const taken = (a: HandOverOrder, b: HandOverOrder): HandOverOrder => {
      const { conflict: _conflict, ...rest } = mergeOrders(a, b);
      return { ...rest, ...(a.conflict === undefined ? {} : { conflict: a.conflict }) };
    };
    for (const broken of [arrival, taken])
      expect(fc.check(fc.property(picture, picture, (a, b) => JSON.stringify(broken(a, b)) === JSON.stringify(broken(b, a)))).failed).toBe(
        true,
      );
  });

  test("agrees with the table of moves: what applies leads there, what is stale or repeated changes nothing, what is forbidden turns nothing back", () => {
    for (const from of orderStatuses)
      for (const to of orderStatuses) {
        const { status } = mergeOrders(order({ status: from }), order({ status: to }));
        const { kind } = ORDER_MOVES[from][to];
        if (kind === "applied") expect([from, to, status]).toEqual([from, to, to]);
        else if (kind === "forbidden") expect([from, to]).toContain(status);
        else expect([from, to, status]).toEqual([from, to, from]);
      }
    // Told one after the other by the table, and met as pictures: steps that the table lets pass end at the same status.
    fc.assert(
      fc.property(fc.array(fc.constantFrom<OrderStatus>(...orderStatuses), { maxLength: 12 }), (statuses) => {
        let [current, met]: [OrderStatus, HandOverOrder] = ["created", order()];
        for (const status of statuses) {
          if (moveOrder(current, { status, tellsMore: false }).kind !== "applied") continue;
          current = status;
          met = tellOrderFact(met, { status });
        }
        expect(met.status).toBe(current);
      }),
    );
  });
});

const till = (n: number): Pick<OrderFact, "handOver"> => ({ handOver: { terminal: terminalId(`till-${n}`), at: hlc(n) } });

describe("what cannot both be right", () => {
  test("two tills that hand it over are told, the first one named; the same till twice is one", () => {
    const once = tellOrderFact(order(), { status: "fulfilled", ...till(1) });
    expect(tellOrderFact(once, { status: "fulfilled", ...till(1) })).toEqual(once);
    expect(once).toMatchObject({ status: "fulfilled", handedOverBy: "till-1" });
    expect(once.conflict).toBeUndefined();
    const twice = tellOrderFact(tellOrderFact(order(), { status: "fulfilled", ...till(2) }), { status: "fulfilled", ...till(1) });
    expect(twice).toMatchObject({ conflict: "handed-over-twice", handedOverBy: "till-1" });
  });

  test("a cancellation wins over picking, and goods that are out win over a cancellation, loudly", () => {
    const cancelled = tellOrderFact(tellOrderFact(order(), { status: "cancelled" }), { status: "picked", pickedRevision: 1 });
    expect([cancelled.status, cancelled.conflict]).toEqual(["cancelled", undefined]);
    const out = tellOrderFact(cancelled, { status: "fulfilled", ...till(1) });
    expect([out.status, out.conflict]).toEqual(["fulfilled", "handed-over-after-cancel"]);
    expect(tellOrderFact(out, { status: "returned" })).toMatchObject({ status: "returned", cancelled: true });
    expect(tellOrderFact(out, { status: "returned" }).conflict).toBeUndefined();
  });

  test("a change after the picking is told until the goods are picked anew, or head office says that it is settled", () => {
    const picked = tellOrderFact(order(revisionOf(1)), { status: "picked", pickedRevision: 1 });
    const changed = rewriteOrder(picked, order({ ...revisionOf(2), status: "confirmed" }), hlc(5));
    expect(changed).toMatchObject({ status: "picked", revision: 2, conflict: "changed-after-pick", revisedAt: hlc(5), total: "200" });
    expect(tellOrderFact(changed, { status: "picked", pickedRevision: 2 }).conflict).toBeUndefined();
    const settled = rewriteOrder(changed, { ...changed, settled: ["changed-after-pick"] }, hlc(6));
    expect(settled.conflict).toBeUndefined();
    expect(rewriteOrder(settled, { ...settled, total: "300" as HandOverOrder["total"] }, hlc(7))).toMatchObject({
      revision: 3,
      conflict: "changed-after-pick",
    });
  });

  test("what head office has settled stays so, and another conflict is told all the same", () => {
    const after = tellOrderFact(order({ status: "cancelled" }), { status: "fulfilled", ...till(1) });
    const settled = rewriteOrder(after, { ...after, settled: ["handed-over-after-cancel"] }, hlc(6));
    expect(conflictOf(settled)).toBeUndefined();
    expect(mergeOrders(settled, after).conflict).toBeUndefined();
    expect(tellOrderFact(settled, { status: "fulfilled", ...till(2) }).conflict).toBe("handed-over-twice");
  });

  test("a system that writes the order again, older or whole, turns nothing back", () => {
    const done = tellOrderFact(order(revisionOf(2)), { status: "fulfilled", ...till(1) });
    const again = rewriteOrder(done, order({ ...revisionOf(2), status: "confirmed" }), hlc(9));
    expect(again).toEqual(done);
    expect(rewriteOrder(done, order({ ...revisionOf(2), status: "cancelled" }), hlc(9)).conflict).toBe("handed-over-after-cancel");
  });

  test("tills are remembered up to the limit, the first ones", () => {
    const tills = Array.from({ length: HAND_OVERS_MAX + 1 }, (_, i) => ({ terminal: terminalId(`till-${i}`), at: hlc(i + 1) }));
    const told = tills.toReversed().reduce((one, handOver) => tellOrderFact(one, { status: "fulfilled", handOver }), order());
    expect(told.handOvers).toEqual(tills.slice(0, -1));
    expect(documentSchemas.orders.safeParse({ ...told, handOvers: tills }).success).toBe(false);
  });
});
