import { transactionSchema, type WireDocument } from "@tillsync/sync-protocol";
import { afterEach, beforeEach, expect, it } from "vitest";
import { appendMany } from "../../journal/append-many.ts";
import { CAPTURE, makeSale, saleItem } from "../../journal/testing/sales.ts";
import { openTestFolder, type TestFolder } from "../../store/testing/open-test-folder.ts";
import { readStockLevel } from "../read/read-stock-level.ts";
import { adoptScopes } from "../store/adopt-scopes.ts";
import { applyNow } from "../store/apply-in-slices.ts";
import { openReferenceStore } from "../store/open-reference-store.ts";
import type { ReferenceStore } from "../store/reference-store.ts";
import { STORE_SCOPE } from "../testing/documents.ts";
import { STORE, TERMINAL } from "../testing/reference-till.ts";
import { followStep } from "./follow-journal.ts";

/** The article of a made-up sale's first line. */
const ITEM = "4006200000";
let folder: TestFolder;
let store: ReferenceStore;
let version = 0;

beforeEach(() => {
  folder = openTestFolder();
  store = openReferenceStore(folder.dir, { now: () => folder.wallMs });
  adoptScopes(store, { cloud: "c", terminal: TERMINAL, store: STORE });
});
afterEach(() => {
  store.close();
  folder.remove();
});

function tell(onHand: string, included: object = {}): void {
  version += 1;
  const fields = { id: `S1:${ITEM}`, storeId: STORE, itemId: ITEM, uom: "EA", onHand, included };
  const document = { ...fields, schemaVersion: 1, version, _deleted: false } as WireDocument;
  applyNow(store, "stock", [{ document, text: JSON.stringify(document), scope: STORE_SCOPE }], () => undefined);
}
const follow = (): void => {
  while (followStep(folder.store, store)) {
    // step by step
  }
};
const onHand = (): string | undefined => readStockLevel(store, { itemId: ITEM })?.onHand;

it("adds what this terminal sold behind the place that the cloud's figure has, and counts nothing twice", () => {
  tell("12");
  expect(onHand()).toBe("12");
  appendMany(
    folder.store,
    [1, 2, 3].map((sequence) => saleItem({ sequence })),
  );
  follow();
  expect(readStockLevel(store, { itemId: ITEM })).toMatchObject({ onHand: "9", cloudOnHand: "12", ownMovements: 3 });
  tell("10", { [TERMINAL]: { epoch: 1, seq: 2 } });
  expect(readStockLevel(store, { itemId: ITEM })).toMatchObject({ onHand: "9", ownMovements: 1 });
  follow();
  expect(onHand()).toBe("9");
});

it("takes a revision for what it changes, and a count for what it found", () => {
  tell("12");
  appendMany(folder.store, [saleItem({ sequence: 1 })]);
  follow();
  const lines = makeSale({ sequence: 1 });
  const twice = transactionSchema.parse({
    ...lines,
    lines: "lines" in lines ? lines.lines.map((line) => ({ ...line, quantity: { value: "5", uom: "EA" } })) : [],
  });
  appendMany(folder.store, [{ transaction: twice, capture: CAPTURE }]);
  follow();
  expect(onHand()).toBe("7");
  const count = transactionSchema.parse({
    transactionType: "Inventory",
    schemaVersion: 1,
    identity: { store: "17", workstation: "3", businessDay: "2026-03-02", sequence: "900" },
    status: "completed",
    inventory: { kind: "count", items: [{ itemId: ITEM, quantity: { value: "20", uom: "EA" } }] },
  });
  folder.wallMs += 1_000;
  appendMany(folder.store, [{ transaction: count, capture: CAPTURE }]);
  follow();
  expect(onHand()).toBe("20");
});

it("begins again at the oldest entry for a new file, in steps", () => {
  appendMany(
    folder.store,
    Array.from({ length: 130 }, (_, i) => saleItem({ sequence: i })),
  );
  tell("200");
  expect(followStep(folder.store, store)).toBe(true);
  expect(onHand()).toBe("150");
  follow();
  expect(onHand()).toBe("70");
});
