import { describe, expect, test } from "vitest";
import { sampleMemberChange, sampleOrderStatus, sampleSale } from "../testing/sample.ts";
import { orderingKey, orderKey } from "./ordering-key.ts";
import { providesCauses } from "./provides-causes.ts";
import { countsAsSale, isRetail, transactionSchema, type Transaction } from "./transaction.ts";

const sale = sampleSale("114");
const other = { store: "9", workstation: "31", businessDay: "2017-10-01", sequence: "110" };
const make = (more: object): Transaction => transactionSchema.parse({ ...sale, ...more });
const lines = isRetail(sale) ? sale.lines : [];
const control = transactionSchema.parse({
  schemaVersion: 1,
  transactionType: "Control",
  identity: other,
  status: "completed",
  control: { kind: "noSale" },
});

const order = { orderId: "4711", system: "webshop", action: "create" };
const orderReceipt = (more: object = {}): Transaction => make({ transactionType: "CustomerOrder", orders: [order], ...more });

describe("what a destination must see in order", () => {
  test.each([
    ["a sale by itself", sale, "9/31/2017-10-01/114"],
    ["its return, with the sale", make({ lines: [lines[0], { ...lines[1], action: "return", returnOf: other }] }), "9/31/2017-10-01/110"],
    [
      "a return that names no receipt, by itself",
      make({ lines: [{ ...lines[0], action: "return", returnOf: { receiptNumber: "7" } }] }),
      "9/31/2017-10-01/114",
    ],
    ["its void, with the sale", make({ status: "postVoided", voids: other }), "9/31/2017-10-01/110"],
    ["what is no sale, by itself", control, "9/31/2017-10-01/110"],
    ["a step of an order, with the order", sampleOrderStatus("shipped"), "order:webshop/4711"],
    ["the receipt of an order, with the order", orderReceipt(), "order:webshop/4711"],
    ["its void, with the order", orderReceipt({ status: "postVoided", voids: other }), "order:webshop/4711"],
    ["a receipt about two orders, by itself", orderReceipt({ orders: [order, { ...order, orderId: "4712" }] }), "9/31/2017-10-01/114"],
    ["an order's receipt that names none, by itself", orderReceipt({ orders: undefined }), "9/31/2017-10-01/114"],
    ["a sale that is the pick-up of an order, as a sale", make({ orders: [{ ...order, action: "pickup" }] }), "9/31/2017-10-01/114"],
    ["the return of such a sale, with that sale", make({ orders: [order], voids: other, status: "postVoided" }), "9/31/2017-10-01/110"],
    ["a member's change, with the member", sampleMemberChange(), "member:demo-member-0000000001"],
  ])("%s", (_, transaction, key) => {
    expect(orderingKey(transaction)).toBe(key);
  });
});

test("orders of two systems, and numbers with slashes, stay apart; none looks like a receipt", () => {
  const keys = [{ orderId: "1" }, { orderId: "1", system: "a" }, { orderId: "a/1" }, { orderId: "1", system: "a/" }].map(orderKey);
  expect(new Set(keys).size).toBe(4);
  for (const key of keys) expect(key.split("/")).toHaveLength(2);
});

test.each([
  ["a sale: itself, though it names an order", make({ orders: [{ ...order, action: "pickup" }] }), ["9/31/2017-10-01/114"]],
  ["an order's receipt: itself and its orders", orderReceipt(), ["9/31/2017-10-01/114", "order:webshop/4711"]],
  ["a step: itself and its order", sampleOrderStatus("confirmed"), ["9/31/2017-10-01/200", "order:webshop/4711"]],
  ["a member who joins: itself and the member", sampleMemberChange(), ["9/31/2017-10-01/210", "member:demo-member-0000000001"]],
  ["a member who leaves: itself", sampleMemberChange({ kind: "left" }), ["9/31/2017-10-01/210"]],
  ["anything else: itself", control, ["9/31/2017-10-01/110"]],
])("what others may wait for, of %s", (_, transaction, causes) => {
  expect(providesCauses(transaction)).toEqual(causes);
});

test("what counts as a sale: completed or reversing, no training, no order, no control", () => {
  expect(countsAsSale(sale)).toBe(true);
  expect(countsAsSale(make({ status: "postVoided", voids: other }))).toBe(true);
  for (const not of [
    make({ trainingMode: true }),
    make({ status: "cancelled" }),
    make({ status: "suspended" }),
    make({ transactionType: "CustomerOrder" }),
    control,
    sampleOrderStatus("delivered"),
    sampleMemberChange(),
  ])
    expect(countsAsSale(not)).toBe(false);
});

test("an exponent that is not the currency's is refused", () => {
  expect(transactionSchema.safeParse({ ...sale, exponent: 3 }).success).toBe(false);
  expect(transactionSchema.safeParse({ ...sale, currency: "JPY" }).success).toBe(false);
  expect(transactionSchema.safeParse({ ...sale, currency: "JPY", exponent: 0 }).success).toBe(true);
});
