import { expect, test } from "vitest";
import { checkFields } from "../check-fields.ts";
import { vendureFeedSchema } from "./config.ts";
import type { FeedOrder } from "./operations.ts";
import { orderItem } from "./order-document.ts";

const config = (more: object = {}) =>
  vendureFeedSchema.parse({
    url: "https://shop.example.com/admin-api",
    secret: "key:secret",
    stores: { pickup: "S1", "Store two": "S2" },
    ...more,
  });

const order = (more: Partial<FeedOrder> = {}): FeedOrder => ({
  id: "1",
  code: "ABC",
  state: "PaymentSettled",
  updatedAt: "2026-11-22T10:00:00.000Z",
  currencyCode: "EUR",
  totalWithTax: 1_000,
  shippingLines: [{ shippingMethod: { code: "pickup" } }],
  lines: [
    { id: "10", quantity: 1, productVariant: { sku: "B", name: "Second" } },
    { id: "9", quantity: 2, productVariant: { sku: "A", name: "First" } },
    { id: "11", quantity: 0, productVariant: { sku: "C", name: "Cancelled" } },
  ],
  payments: [{ state: "Settled", amount: 1_000, refunds: [] }],
  fulfillments: [],
  ...more,
});
const fieldsOf = (of: FeedOrder, more: object = {}): Readonly<Record<string, unknown>> =>
  orderItem(of, config(more)).documents[0]?.fields ?? {};

test("an order is what its store hands over, lines in one order whatever Vendure's is", () => {
  const item = orderItem(order(), config({ orderSystem: "webshop", items: { A: "0001" } }));
  const [document] = item.documents;
  expect(document).toMatchObject({ collection: "orders", id: "webshop:ABC", scope: "store:S1" });
  expect(checkFields("orders", { ...document?.fields, id: document?.id })).toMatchObject({
    orderId: "ABC",
    system: "webshop",
    status: "confirmed",
    total: "1000",
    due: "0",
    revision: 1,
    lines: [
      { itemId: "0001", description: "First", quantity: { value: "2", uom: "EA" } },
      { itemId: "B", description: "Second", quantity: { value: "1", uom: "EA" } },
    ],
  });
  expect(fieldsOf(order({ lines: order().lines.toReversed() }))).toEqual(fieldsOf(order()));
});

test.each([
  ["PaymentAuthorized", "confirmed"],
  ["PartiallyShipped", "picked"],
  ["Shipped", "shipped"],
  ["Delivered", "delivered"],
  ["Cancelled", "cancelled"],
])("%s is %s", (state, status) => {
  expect(fieldsOf(order({ state }))["status"]).toBe(status);
});

test("goods that are put together are picked, all of them and not one less", () => {
  const put = (quantity: number): FeedOrder["fulfillments"] => [
    {
      state: "Pending",
      lines: [
        { orderLineId: "9", quantity },
        { orderLineId: "10", quantity: 1 },
      ],
    },
  ];
  expect(fieldsOf(order({ fulfillments: put(2) }))["status"]).toBe("picked");
  expect(fieldsOf(order({ fulfillments: put(1) }))["status"]).toBe("confirmed");
});

test("what no store hands over, or nobody has ordered yet, is no document; a state that is not mapped is named", () => {
  expect(orderItem(order({ shippingLines: [{ shippingMethod: { code: "parcel" } }] }), config())).toMatchObject({
    documents: [],
    refused: [],
  });
  expect(orderItem(order({ state: "ArrangingPayment" }), config())).toMatchObject({ documents: [], refused: [] });
  expect(orderItem(order({ state: "OnHold" }), config()).refused).toEqual([{ code: "feed.mapping-missing", detail: "states: OnHold" }]);
  expect(fieldsOf(order({ state: "OnHold" }), { states: { OnHold: "inProduction" } })["status"]).toBe("inProduction");
  // A name that every object has is no entry of a table.
  expect(orderItem(order({ state: "constructor" }), config()).refused).toHaveLength(1);
});

test("due is what no payment covers yet, and never below nothing", () => {
  const due = (payments: FeedOrder["payments"], more: Partial<FeedOrder> = {}): unknown => fieldsOf(order({ payments, ...more }))["due"];
  expect(due([])).toBe("1000");
  expect(due([{ state: "Authorized", amount: 400, refunds: [] }])).toBe("600");
  expect(due([{ state: "Declined", amount: 1_000, refunds: [] }])).toBe("1000");
  expect(
    due([
      {
        state: "Settled",
        amount: 1_000,
        refunds: [
          { state: "Settled", total: 250 },
          { state: "Failed", total: 9 },
        ],
      },
    ]),
  ).toBe("250");
  expect(due([{ state: "Settled", amount: 1_200, refunds: [] }])).toBe("0");
  expect(due([], { state: "Cancelled" })).toBe("0");
});

test("custom fields name the store, the code that the customer shows, and the time; a time that is none is left out", () => {
  const more = { storeBy: { by: "orderField", field: "pickupStore" }, pickupCodeField: "code", promisedAtField: "ready" };
  const customFields = { pickupStore: "Store two", code: "K-17", ready: "2026-12-01T16:00:00" };
  expect(fieldsOf(order({ customFields }), more)).toMatchObject({ storeId: "S2", pickupCode: "K-17", promisedAt: "2026-12-01T16:00" });
  expect(fieldsOf(order({ customFields: { ...customFields, ready: "soon", code: "" } }), more)).not.toHaveProperty("promisedAt");
});
