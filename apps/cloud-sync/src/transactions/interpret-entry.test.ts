import { seq, terminalId, transactionSchema, countsAsSale, type Epoch, type Upcaster } from "@tillsync/sync-protocol";
import { expect, test } from "vitest";
import { categoryOf } from "./category.ts";
import { interpretEntry } from "./interpret-entry.ts";
import { readerVersion } from "./reader-version.ts";
import { lineOf, makeNoSale, makeSale, transactionDraft, type Draft } from "./testing/make-transaction.ts";

const entryOf = (line: Uint8Array, n = 1) => ({
  shard: "main",
  pos: 1,
  terminal: terminalId("till-1"),
  epoch: 1 as Epoch,
  seq: seq(n),
  line,
  receivedAtMs: 1,
});
const read = (draft: Draft, upcasters?: Readonly<Record<number, Upcaster>>) => interpretEntry(entryOf(lineOf(1, draft)), upcasters);
const hash = (sale: object): string | undefined => {
  const meaning = read(transactionDraft(sale));
  return meaning.kind === "transaction" ? meaning.projection.contentHash : undefined;
};
const text = (line: string) => interpretEntry(entryOf(new TextEncoder().encode(line)));

test("projects a sale", () => {
  expect(read(transactionDraft(makeSale({ grand: "1250" })))).toMatchObject({
    kind: "transaction",
    projection: {
      naturalKey: "9/31/2026-11-20/1",
      orderingKey: "9/31/2026-11-20/1",
      category: "sales",
      grand: "1250",
      currency: "USD",
      sourceRevision: 1,
    },
  });
});

test("falls back to our own sum where the POS prints no total", () => {
  const sale = makeSale({}, { reported: {} });
  expect(read(transactionDraft(sale))).toMatchObject({ projection: { grand: "1250" } });
});

test("the same content has the same hash in any order of fields, and another content another", () => {
  const sale = makeSale();
  expect(hash(Object.fromEntries(Object.entries(sale).toReversed()))).toBe(hash(sale));
  expect(hash(makeSale({ grand: "1251" }))).not.toBe(hash(sale));
});

test("a return takes the ordering key of its sale", () => {
  const returned = makeSale({ sequence: "7", returnOf: { store: "9", workstation: "30", businessDay: "2026-11-01", sequence: "4" } });
  expect(read(transactionDraft(returned))).toMatchObject({ projection: { orderingKey: "9/30/2026-11-01/4" } });
});

test("records the start of an epoch", () => {
  const body = { reason: "copied", previous: { epoch: 1, seq: 0, hash: "0".repeat(64) }, carriedOver: 0 };
  expect(read({ type: "epoch-start", body })).toEqual({ kind: "epoch-start", body });
  expect(read({ type: "epoch-start", body: {} })).toMatchObject({ code: "entry.invalid", detail: expect.stringContaining("body.reason") });
});

test.each([
  ["no JSON", "{", "entry.invalid", "line: no UTF-8 JSON"],
  ["no envelope", "[]", "entry.invalid", ": "],
  ["another sequence number", `{"seq":2,"hlc":"018f00000000.0000","type":"transaction","body":{}}`, "entry.invalid", "seq: 2"],
  ["no body", `{"seq":1,"hlc":"018f00000000.0000","type":"transaction","body":null}`, "entry.invalid", "body."],
  ["an unknown type", `{"seq":1,"hlc":"018f00000000.0000","type":"stock-take","body":{}}`, "entry.type-unknown", "stock-take"],
])("refuses %s", (_, line, code, detail) => {
  expect(text(line)).toMatchObject({ kind: "refused", code, detail: expect.stringContaining(detail) });
});

test("refuses bytes that are no UTF-8", () => {
  expect(interpretEntry(entryOf(Uint8Array.of(0xff, 0xfe)))).toMatchObject({ code: "entry.invalid" });
});

test("names the field that is wrong, and the receipt as far as it can be read", () => {
  const sale = makeSale({ sequence: "12" }, { reported: { grand: 12.5 } });
  expect(read(transactionDraft(sale))).toMatchObject({
    code: "entry.invalid",
    detail: expect.stringContaining("body.transaction.reported.grand"),
    naturalKey: "9/31/2026-11-20/12",
  });
});

test("an unknown schema version waits for its upcaster", () => {
  const older = { ...makeSale(), schemaVersion: 0, status: "done" };
  expect(read(transactionDraft(older))).toMatchObject({ code: "entry.schema-unknown", naturalKey: "9/31/2026-11-20/1" });
  const upcasters = { 0: (shape: Record<string, unknown>) => ({ ...shape, schemaVersion: 1, status: "completed" }) };
  expect(read(transactionDraft(older), upcasters)).toMatchObject({ kind: "transaction" });
  expect(readerVersion(upcasters)).not.toBe(readerVersion());
});

test("a type that only a later version knows is refused as unknown, with its receipt's key, and another shape is another reader", () => {
  const later = { ...makeSale(), transactionType: "Reservation" };
  expect(read(transactionDraft(later))).toMatchObject({
    code: "entry.schema-unknown",
    detail: "body.transaction.transactionType Reservation",
    naturalKey: "9/31/2026-11-20/1",
  });
  expect(readerVersion(undefined, "a shape with one more type")).not.toBe(readerVersion());
  expect(readerVersion()).toBe(readerVersion());
});

test("text that a database cannot hold is a refusal, in the identity and in what the detail quotes", () => {
  expect(read(transactionDraft(makeSale({ store: "9\u0000" })))).toMatchObject({
    code: "entry.invalid",
    detail: expect.stringContaining("identity.store"),
  });
  const odd = read(transactionDraft(makeSale({}, { "\u0000\ud800": 1 })));
  expect(odd).toMatchObject({ code: "entry.invalid" });
  expect(JSON.stringify(odd)).not.toMatch(/\\u0000|\\ud800/);
});

test("an upcaster that breaks costs its entry alone", () => {
  const broken = {
    0: () => {
      throw new TypeError("boom");
    },
  };
  expect(read(transactionDraft({ ...makeSale(), schemaVersion: 0 }), broken)).toMatchObject({
    code: "internal.unexpected",
    detail: expect.stringContaining("TypeError"),
  });
});

const at = { local: "2026-11-20T11:20:00", quality: "local" };
const makeControl = (kind: string): object => ({ ...makeNoSale("4"), control: { kind } });
const makeOther = (transactionType: string, more: object): object => {
  const { control: _control, ...rest } = makeNoSale("4");
  return { ...rest, transactionType, ...more };
};

test.each([
  [makeSale(), "sales"],
  [makeSale({ transactionType: "CustomerOrder" }), "orders"],
  [makeNoSale("3"), "control"],
  [makeSale({ trainingMode: true }), undefined],
  [makeSale({ status: "suspended" }), undefined],
  [makeSale({ status: "cancelled" }), undefined],
  [makeSale({ status: "postVoided" }), "sales"],
  [makeControl("zReport"), "day-close"],
  [makeControl("tillClose"), "day-close"],
  [makeControl("storeClose"), "day-close"],
  [makeControl("storeOpen"), "control"],
  [makeControl("xReport"), "control"],
  [makeOther("FiscalControl", { fiscal: { regime: "DE-TSE" } }), "control"],
  [makeOther("TenderControl", { tenderControl: { kind: "loan", currency: "EUR", exponent: 2 } }), "tender-control"],
  [makeOther("Inventory", { inventory: { kind: "waste", items: [] } }), "inventory"],
  [makeOther("MemberChange", { memberChange: { memberRef: "demo-member-0000000001", kind: "left" } }), "members"],
  [makeOther("OrderStatus", { orderStatus: { orderId: "1", status: "picked", at } }), "order-status"],
])("category %#", (given, category) => {
  const transaction = transactionSchema.parse(given);
  expect(categoryOf(transaction)).toBe(category);
  expect(countsAsSale(transaction)).toBe(category === "sales");
});
