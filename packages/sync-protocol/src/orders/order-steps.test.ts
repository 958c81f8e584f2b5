import { expect, test } from "vitest";
import { transactionSchema, type Transaction } from "../model/transaction.ts";
import { sampleOrderStatus, sampleSale } from "../testing/sample.ts";
import { orderSteps } from "./order-steps.ts";

const make = (base: Transaction, more: object): Transaction => transactionSchema.parse({ ...base, ...more });
const receipt = (action: string, more: object = {}): Transaction =>
  make(sampleSale(), { orders: [{ orderId: "4711", system: "webshop", action }], ...more });

test("tells its own step, and whether it says more than the status", () => {
  expect(orderSteps(sampleOrderStatus("shipped"))).toEqual([
    { key: "order:webshop/4711", orderId: "4711", system: "webshop", status: "shipped", tellsMore: false, byReceipt: false },
  ]);
  for (const more of [{ tracking: "T-1" }, { carrier: "Post" }, { lines: [{ itemId: "77", quantity: { value: "1", uom: "EA" } }] }])
    expect(orderSteps(sampleOrderStatus("shipped", more))).toMatchObject([{ tellsMore: true }]);
});

test.each([
  ["create", ["created"]],
  ["pickup", ["fulfilled"]],
  ["cancel", ["cancelled"]],
  ["deposit", []],
  ["finalPayment", []],
])("a receipt with the link %s tells %j", (action, statuses) => {
  for (const transactionType of ["RetailTransaction", "CustomerOrder"])
    expect(orderSteps(receipt(action, { transactionType })).map((step) => step.status)).toEqual(statuses);
});

test("a receipt about several orders tells a step of each, and never refuses", () => {
  const orders = ["1", "2"].map((orderId) => ({ orderId, action: "pickup" }));
  expect(orderSteps(make(sampleSale(), { orders }))).toMatchObject([
    { key: "order:/1", byReceipt: true },
    { key: "order:/2", byReceipt: true },
  ]);
});

test("training, parked, abandoned and reversing ones tell of none, and neither does anything else", () => {
  const voids = { store: "9", workstation: "31", businessDay: "2017-10-01", sequence: "110" };
  for (const not of [
    receipt("create", { trainingMode: true }),
    receipt("create", { status: "suspended" }),
    receipt("create", { status: "cancelled" }),
    receipt("create", { status: "postVoided", voids }),
    make(sampleOrderStatus("shipped"), { trainingMode: true }),
    make(sampleOrderStatus("shipped"), { status: "cancelled" }),
    sampleSale(),
  ])
    expect(orderSteps(not)).toEqual([]);
});
