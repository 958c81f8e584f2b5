import { tradingDay } from "../../../../../examples/src/pos-generator/trading-day/index.ts";
import { expect, test } from "vitest";
import { itemsOf } from "../testing/day-items.ts";
import { makeItem } from "../testing/make-item.ts";
import { receipt } from "../testing/vendor-fake/scenarios.ts";
import { mapItem } from "./map.ts";
import { orderTotal } from "./plan.ts";
import { planItem } from "./plan-item.ts";
import { splitLine } from "./split-line.ts";
import { configOf } from "./testing/fake-vendure.ts";
import { vendureConfigSchema } from "./manifest.ts";
import { planDocuments } from "../documents/plan-documents.ts";
import { toSteps } from "./quantities.ts";

const config = configOf("http://127.0.0.1:1/", 1_000);
const sale = (line: object, more: object = {}) => receipt({ sequence: "1", lines: [line], tenders: [], ...more }, 0);
const line = (more: object) => ({ line: 1, action: "sale", itemType: "stock", itemId: "a", quantity: { value: "1", uom: "EA" }, ...more });

test.each([
  [
    "3",
    "1000",
    [
      [1, 334],
      [2, 333],
    ],
  ],
  ["3", "999", [[3, 333]]],
  [
    "2",
    "-5",
    [
      [1, -2],
      [1, -3],
    ],
  ],
  ["0.425", "731", [[1, 731, "0.425 KGM"]]],
  ["1.000", "7", [[1, 7]]],
] as const)("%s for %s are whole units at whole prices", (quantity, amount, parts) => {
  const split = splitLine("1", "sku", toSteps(quantity), "KGM", BigInt(amount));
  expect(split.map((part) => [part.quantity, part.unitPrice, ...(part.counted === undefined ? [] : [part.counted])])).toEqual(parts);
  expect(orderTotal(split)).toBe(BigInt(amount));
});

test("orders less refunds come to every receipt's total, of a whole day, to the cent", () => {
  const { entries } = tradingDay({ seed: "map", sales: 400 });
  const counted = itemsOf(entries, ({ transactionType, trainingMode }) => transactionType === "RetailTransaction" && trainingMode !== true);
  let documents = 0;
  for (const item of counted) {
    const plan = planItem(item, config);
    if (plan.kind !== "documents") {
      expect(planDocuments(item)).toEqual([]);
      continue;
    }
    for (const [at, document] of plan.documents.entries()) {
      documents += 1;
      const { transaction, role } = planDocuments(item)[at]!;
      const grand = BigInt(transaction.reported.grand ?? "0");
      const refunded = document.refunds.reduce((sum, refund) => sum + refund.amount, 0n);
      expect(document.total).toBe(role === "post" ? grand : -grand);
      expect(orderTotal(document.lines) - refunded, item.naturalKey).toBe(document.total);
    }
  }
  expect(documents).toBeGreaterThan(400);
});

test("money that is no line's has a line of its own, by its role; a printed total wins over our sum", () => {
  const item = sale(line({ extendedAmount: "1000" }), {
    adjustments: [{ kind: "coupon", amount: "-200", included: false }],
    rounding: { amount: "-2", basis: "total" },
  });
  const odd = { ...item, transaction: { ...item.transaction, reported: { grand: "799" } } } as typeof item;
  const plan = planItem(odd, config);
  expect(plan.kind === "documents" && plan.documents[0]?.lines.map((one) => [one.line, one.unitPrice])).toEqual([
    ["1", 1_000],
    ["discount", -200],
    ["rounding", -2],
    ["difference", 1],
  ]);
});

test("a dry run shows refund and order of an exchange, and names what the mapping lacks, all at once", () => {
  const back = {
    action: "return",
    quantity: { value: "-1", uom: "EA" },
    extendedAmount: "-500",
    returnOf: makeItem().transaction.identity,
  };
  const item = receipt({ sequence: "2", lines: [line(back), line({ line: 2, itemId: "b", extendedAmount: "700" })], tenders: [] }, 0);
  const mapped = mapItem(item, config);
  expect(mapped.kind === "requests" && mapped.requests.map(({ what, body }) => [what, body])).toEqual([
    [
      "refund and cancellation",
      { of: { receipt: makeItem().naturalKey }, amount: "500", goods: [{ sku: "a", line: undefined, quantity: 1 }] },
    ],
    ["order", expect.objectContaining({ lines: [{ line: "2", sku: "b", quantity: 1, unitPrice: 700 }] })],
  ]);
  expect(mapItem(item, { ...config, mapping: { ...config.mapping, stores: {}, customers: {}, accounts: {} } })).toEqual({
    kind: "mapping-missing",
    missing: [
      { table: "stores", code: "9" },
      { table: "customers", code: "none" },
      { table: "accounts", code: "return" },
    ],
  });
});

test.each([
  ["2147483647", "documents"],
  ["2147483648", "rejected"],
])("an amount of %s: %s", (amount, kind) => {
  expect(planItem(sale(line({ extendedAmount: amount })), config).kind).toBe(kind);
});

const inventory = (kind: string, items: object[]) => {
  const { identity } = makeItem().transaction;
  const transaction = { schemaVersion: 1, transactionType: "Inventory", identity, status: "completed", inventory: { kind, items } };
  return makeItem({ transaction: transaction as never });
};
const counted = (itemId: string, value: string) => ({ itemId, quantity: { value, uom: "EA" } });

test("a count sets whole units, sums what was counted in several places, and leaves weights out", () => {
  const mapped = mapItem(inventory("count", [counted("a", "3"), counted("b", "1.5"), counted("a", "4")]), config);
  expect(mapped.kind === "requests" && mapped.requests[0]?.body).toEqual({ store: "S", levels: [{ sku: "a", onHand: 7 }], leftOut: ["b"] });
  expect(mapItem(inventory("receiving", [counted("a", "3")]), config).kind).toBe("nothing");
});

test.each([
  [{ url: "http://shop.example/admin-api" }, "plain http"],
  [{ secret: "short" }, "secret"],
  [{ countryCode: "de" }, "countryCode"],
  [{ unknown: 1 }, "unknown"],
])("refuses %o", (extra, about) => {
  const { mapping, ...whole } = config;
  expect(mapping.version).toBe(1);
  const parsed = vendureConfigSchema.safeParse({ ...whole, allowPrivateNetwork: false, url: "https://shop.example/admin-api", ...extra });
  expect(JSON.stringify(parsed.error?.issues)).toContain(about);
});
