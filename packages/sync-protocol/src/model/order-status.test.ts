import { expect, test } from "vitest";
import { orderStatuses, orderStatusSchema } from "./order-status.ts";
import { readTransaction } from "./upcast.ts";
import { sampleMemberChange, sampleOrderStatus } from "../testing/sample.ts";

const step = (more: object) => ({ orderId: "4711", status: "shipped", at: { local: "2017-10-01T11:20:00", quality: "local" }, ...more });

test.each(orderStatuses)("a step to %s is read as it was written", (status) => {
  const told = sampleOrderStatus(status, { lines: [{ itemId: "77", gtin: "05901234123457", quantity: { value: "0.5", uom: "KGM" } }] });
  expect(readTransaction(JSON.parse(JSON.stringify(told)))).toEqual(told);
});

test("so is a member's change", () => {
  expect(readTransaction(JSON.parse(JSON.stringify(sampleMemberChange({ tier: "gold" }))))).toEqual(sampleMemberChange({ tier: "gold" }));
});

test.each([
  ["no number", { orderId: undefined }],
  ["a status of another world", { status: "onHold" }],
  ["no time", { at: undefined }],
  ["no goods where goods are named", { lines: [] }],
  ["a field that nobody knows", { recipient: "Jane" }],
])("refuses %s", (_, more) => {
  expect(orderStatusSchema.safeParse(step({})).success).toBe(true);
  expect(orderStatusSchema.safeParse(step(more)).success).toBe(false);
});
