import {
  collections,
  documentSchemas,
  orderStatuses,
  ORDER_MOVES,
  storeId,
  terminalId,
  type HandOverOrder,
  type HlcText,
  type Member,
} from "@tillsync/sync-protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { foldPushedDocument } from "./fold-pushed-document.ts";
import { foldWrittenDocument } from "./fold-written-document.ts";
import { hlcOfMs } from "./trusted-hlc.ts";

const NOW_MS = 1_000_000;
const at = (ms: number): HlcText => hlcOfMs(ms);
const till = (n: number) => ({ terminal: terminalId(`till-${n}`), store: storeId("S1") });
const order = (fields: object = {}): HandOverOrder =>
  documentSchemas.orders.parse({
    id: "4711",
    orderId: "4711",
    storeId: "S1",
    status: "confirmed",
    lines: [],
    currency: "EUR",
    exponent: 2,
    total: "100",
    due: "0",
    ...fields,
  });
const push = (current: HandOverOrder | undefined, pushed: HandOverOrder | undefined, n = 1) =>
  foldPushedDocument("orders", current, pushed, till(n), NOW_MS);
const taken = (result: ReturnType<typeof push>): HandOverOrder => {
  if (result.kind !== "taken") throw new Error(`${result.kind}: ${result.reason}`);
  return result.document as HandOverOrder;
};

describe("an order that a till pushes", () => {
  test("moves as the table says, and no other way", () => {
    for (const from of orderStatuses)
      for (const to of orderStatuses) {
        const result = push(order({ status: from }), order({ status: to }));
        const { kind } = ORDER_MOVES[from][to];
        const isOut = ["fulfilled", "shipped", "delivered"].includes(to);
        if (kind === "forbidden" && !isOut) expect([from, to, result.kind]).toEqual([from, to, "conflict"]);
        else if (kind === "forbidden") expect([from, to, taken(result).conflict]).toEqual([from, to, "handed-over-after-cancel"]);
        else expect([from, to, taken(result).status]).toEqual([from, to, kind === "applied" ? to : from]);
      }
  });

  test("two tills that hand over the same order, offline: both are on record in either order, pushed twice or not", () => {
    const base = order({ status: "picked", pickedRevision: 1 });
    const [one, two] = [1, 2].map((n) =>
      order({ status: "fulfilled", pickedRevision: 1, handedOverBy: `till-${n}`, handOvers: [{ terminal: `till-${n}`, at: at(n) }] }),
    );
    const both = taken(push(taken(push(base, one, 1)), two, 2));
    expect(both).toMatchObject({ status: "fulfilled", conflict: "handed-over-twice", handedOverBy: "till-1" });
    expect(taken(push(taken(push(base, two, 2)), one, 1))).toEqual(both);
    expect(taken(push(both, one, 1))).toEqual(both);
    // Who names itself and no time handed over now.
    expect(taken(push(base, order({ status: "fulfilled", handedOverBy: "till-3" }), 3)).handOvers).toEqual([
      { terminal: "till-3", at: at(NOW_MS) },
    ]);
  });

  test("what its system changed meanwhile is told; who picks from the new revision ends it", () => {
    const changed = order({ status: "confirmed", revision: 2, total: "200" });
    const picked = taken(push(changed, order({ status: "picked" })));
    expect(picked).toMatchObject({ status: "picked", revision: 2, total: "200", pickedRevision: 1, conflict: "changed-after-pick" });
    expect(taken(push(picked, { ...picked, pickedRevision: 2 })).conflict).toBeUndefined();
  });

  test.each<[string, HandOverOrder | undefined, HandOverOrder | undefined]>([
    ["a deletion", order(), undefined],
    ["a new order", undefined, order()],
    ["another store's order", order({ storeId: "S2" }), order({ storeId: "S2", status: "picked" })],
    ["an order for another store", order(), order({ storeId: "S2" })],
    ["other lines", order(), order({ lines: [{ itemId: "a", quantity: { value: "1", uom: "EA" } }] })],
    ["another total", order(), order({ total: "1" })],
    ["another sum to be paid", order(), order({ due: "1" })],
    ["a revision of its own", order(), order({ revision: 2 })],
    ["another till's hand-over", order(), order({ status: "fulfilled", handedOverBy: "till-2" })],
    ["another till in the list", order(), order({ status: "fulfilled", handOvers: [{ terminal: "till-2", at: at(1) }] })],
    ["a conflict that it settles itself", order(), order({ settled: ["handed-over-twice"] })],
    ["another document", order({ id: "4712" }), order()],
  ])("%s is forbidden", (_what, current, pushed) =>
    expect(push(current, pushed)).toMatchObject({ kind: "forbidden", code: "reference.not-writable" }),
  );

  test("whatever tills push in whatever order, all end with the same order, which never went back", () => {
    const pushes = fc.array(
      fc.record({
        n: fc.integer({ min: 1, max: 3 }),
        status: fc.constantFrom("picked", "fulfilled", "shipped", "delivered"),
        out: fc.boolean(),
      }),
      { minLength: 1, maxLength: 6 },
    );
    const fold = (list: readonly { n: number; status: string; out: boolean }[]): HandOverOrder =>
      list.reduce(
        (current, { n, status, out }) =>
          taken(
            push(current, order({ status, pickedRevision: 1, ...(out ? { handOvers: [{ terminal: `till-${n}`, at: at(n) }] } : {}) }), n),
          ),
        order(),
      );
    fc.assert(
      fc.property(pushes, (list) => {
        expect(fold([...list.toReversed(), ...list])).toEqual(fold(list));
      }),
    );
    const lastWins = (list: readonly { status: string }[]): string => list.at(-1)?.status ?? "";
    expect(fc.check(fc.property(pushes, (list) => lastWins(list.toReversed()) === lastWins(list))).failed).toBe(true);
  });
});

const id = "abcdefghijklmnopqrstuv";
const member = (fields: object = {}): Member => documentSchemas.members.parse({ id, ...fields });
const pushMember = (current: Member | undefined, pushed: Member) => foldPushedDocument("members", current, pushed, till(1), NOW_MS);

describe("a member that a till pushes", () => {
  test("has of each field the later change; what it only repeats, or tells as of tomorrow, does not win for long", () => {
    const current = member({ tier: "gold", points: 40, attributes: { language: "de" }, stamps: { tier: at(50) } });
    const pushed = member({
      tier: "silver",
      points: 10,
      attributes: { language: "fr", receipts: "paper" },
      stamps: { tier: at(40), "attributes.receipts": at(NOW_MS * 9) },
    });
    expect(pushMember(current, pushed)).toEqual({
      kind: "taken",
      document: member({
        tier: "gold",
        points: 40,
        attributes: { language: "de", receipts: "paper" },
        stamps: { tier: at(50), "attributes.receipts": at(NOW_MS) },
      }),
    });
  });

  test("may be new, without points", () => {
    expect(pushMember(undefined, member({ tier: "silver" }))).toEqual({
      kind: "taken",
      document: member({ tier: "silver", stamps: { tier: at(NOW_MS) } }),
    });
    expect(pushMember(undefined, member({ points: 5 })).kind).toBe("forbidden");
  });

  test.each(["points", "customerGroup"])("%s are not a store's to change", (field) => {
    const value = field === "points" ? 99 : "staff";
    expect(pushMember(member(), member({ [field]: value, stamps: { [field]: at(9) } }))).toMatchObject({ kind: "forbidden" });
    expect(pushMember(member(), member({ [field]: value }))).toEqual({ kind: "taken", document: member() });
  });
});

test("no other collection is a store's to change", () => {
  for (const collection of collections)
    if (collection !== "orders" && collection !== "members")
      expect(
        foldPushedDocument(collection, undefined, documentSchemas.products.parse({ id: "a", description: "x" }), till(1), NOW_MS).kind,
      ).toBe("forbidden");
});

test("what head office writes joins what is known", () => {
  const done = order({ status: "fulfilled", handOvers: [{ terminal: "till-1", at: at(1) }], handedOverBy: "till-1", revisedAt: at(1) });
  expect(foldWrittenDocument("orders", done, order({ status: "created" }), NOW_MS)).toEqual(done);
  expect(foldWrittenDocument("orders", undefined, order(), NOW_MS)).toEqual(order({ revisedAt: at(NOW_MS) }));
  expect(
    foldWrittenDocument("members", member({ tier: "gold", stamps: { tier: at(5) } }), member({ tier: "gold", points: 3 }), NOW_MS),
  ).toEqual(member({ tier: "gold", points: 3, stamps: { tier: at(5), points: at(NOW_MS) } }));
  expect(foldWrittenDocument("members", undefined, member({ points: 3 }), NOW_MS)).toEqual(
    member({ points: 3, stamps: { points: at(NOW_MS) } }),
  );
  const level = documentSchemas.stock.parse({ id: "S1:a", storeId: "S1", itemId: "a", onHand: "3" });
  expect(foldWrittenDocument("stock", undefined, level, NOW_MS)).toEqual({ ...level, countedAt: at(NOW_MS) });
  expect(foldWrittenDocument("stock", undefined, { ...level, countedAt: at(4) }, NOW_MS)).toEqual({ ...level, countedAt: at(4) });
  expect(foldWrittenDocument("members", member({ tier: "gold", points: 3 }), member(), NOW_MS)).toEqual(
    member({ points: 3, stamps: { tier: at(NOW_MS) } }),
  );
  expect(foldWrittenDocument("stock", { ...level, reserved: level.onHand }, level, NOW_MS)).toMatchObject({ reserved: "3" });
  const product = documentSchemas.products.parse({ id: "a", description: "x" });
  expect(foldWrittenDocument("products", undefined, product, NOW_MS)).toBe(product);
});
