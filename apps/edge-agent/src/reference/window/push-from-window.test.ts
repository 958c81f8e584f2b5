import type { Amount, HandOverOrder, WireDocument } from "@tillsync/sync-protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { stepsOf } from "../../hand-over/own-steps.ts";
import { putDocument, STORE, TERMINAL } from "../../intake/testing/fill-reference.ts";
import { openTestIntake, type TestIntake } from "../../intake/testing/open-test-intake.ts";
import { pullForWindow } from "./pull-for-window.ts";
import { pushFromWindow } from "./push-from-window.ts";

let till: TestIntake;
beforeEach(async () => {
  till = await openTestIntake({ enrolled: true });
});
afterEach(() => till.close());

const order = (id: string, more: Partial<HandOverOrder>): void =>
  putDocument(till.reference, "orders", id, {
    orderId: id,
    storeId: STORE,
    status: "picked",
    lines: [{ itemId: "a", quantity: { value: "2", uom: "EA" } }],
    currency: "EUR",
    exponent: 2,
    total: "4200",
    due: "0",
    revision: 1,
    ...more,
  });
const standing = (id: string): WireDocument =>
  pullForWindow(till.reference, { collection: "orders", checkpoint: {}, limit: 100 }).documents.find((document) => document.id === id)!;
const push = (id: string, change: object, assumed = standing(id)): WireDocument[] => {
  const deps = { ...till.folder, reference: till.reference, terminal: () => ({ terminal: TERMINAL, store: STORE }) };
  return pushFromWindow(deps, "orders", [{ assumedMasterState: assumed, newDocumentState: { ...standing(id), ...change } }]);
};
const steps = (id: string) => stepsOf(till.folder.store, id).map(({ status, revision }) => [status, revision]);

test("a step is taken once, however often it is pushed", () => {
  order("1", {});
  expect([push("1", { status: "fulfilled" }), push("1", { status: "fulfilled" })]).toEqual([[], []]);
  expect(steps("1")).toEqual([["fulfilled", 1]]);
});

test("a step back, an old picture, and whatever a store may not say come back as the order stands", () => {
  order("1", {});
  const old = standing("1");
  order("1", { due: "9900" as Amount });
  for (const [change, assumed] of [
    [{ status: "confirmed" }],
    [{ status: "fulfilled" }, old],
    [{ status: "fulfilled", total: "1" }],
    [{ total: "1" }],
    [{ pickedRevision: 7 }],
    [{ pickedRevision: 1, status: "fulfilled" }],
    [{ status: "fulfilled", handedOverBy: "till-9" }],
    [{ _deleted: true }],
  ] as const)
    expect(push("1", change, assumed), JSON.stringify(change)).toEqual([standing("1")]);
  expect(steps("1")).toEqual([]);
});

test("goods that were put right after a change are picked anew, from the revision that the order has, and that settles it", () => {
  order("1", { revision: 3, pickedRevision: 2, conflict: "changed-after-pick" });
  expect(push("1", { pickedRevision: 2 }), "nothing new").toEqual([]);
  expect(push("1", { pickedRevision: 4 }), "no such revision").toEqual([standing("1")]);
  expect(push("1", { pickedRevision: 3, total: "1" })).toEqual([standing("1")]);
  expect(steps("1")).toEqual([]);
  expect([push("1", { pickedRevision: 3 }), push("1", { pickedRevision: 3 })]).toEqual([[], []]);
  expect(steps("1")).toEqual([["picked", 3]]);
  order("2", { revision: 3, pickedRevision: 3 });
  expect(push("2", { pickedRevision: 2 }), "never back").toEqual([standing("2")]);
  // As the window has it then; and as another one has it that does not know of the picking.
  expect(push("1", { status: "fulfilled", pickedRevision: 3 }, { ...standing("1"), pickedRevision: 3 })).toEqual([]);
  expect(push("1", { status: "fulfilled" })).toEqual([]);
  expect(steps("1")).toEqual([
    ["picked", 3],
    ["fulfilled", 3],
  ]);
});
