import { expect, test } from "vitest";
import { noContext, testPorts } from "../testing/context.ts";
import { stepItem } from "../testing/step-item.ts";
import { makeScenarios } from "../testing/vendor-fake/scenarios.ts";
import { startVendorFake } from "../testing/vendor-fake/start-vendor-fake.ts";
import { virtualClock } from "../testing/vendor-fake/virtual-clock.ts";
import type { FakeAnswer, FakeCall } from "../testing/vendor-fake/vendor-rules.ts";
import { shipengineConfigSchema } from "./manifest.ts";
import { shipengine } from "./shipengine.ts";

const config = shipengineConfigSchema.parse({ secret: "TEST_api-key" });
const lines = [{ itemId: "mug", quantity: { value: "1", uom: "EA" } }];
const picked = stepItem("1", { orderId: "A 1", status: "picked" });

test.each<[object, string]>([
  [{ status: "confirmed" }, "nothing"],
  [{ status: "picked" }, "POST /v1/labels/shipment/{shipment_id}"],
  [{ status: "picked", lines }, "nothing"],
  [{ status: "shipped" }, "nothing"],
  [{ status: "cancelled", lines }, "nothing"],
  [{ status: "cancelled" }, "PUT /v1/labels/{label_id}/void, /v1/shipments/{shipment_id}/cancel"],
])("%o is %s", (step, what) => {
  const mapped = shipengine.map(stepItem("1", { orderId: "00001", ...step }), config);
  expect(mapped.kind === "requests" ? mapped.requests[0]?.what : mapped.kind).toBe(what);
});

test("an order number of 50 characters is taken, one more is refused", () => {
  const of = (length: number) => shipengine.map(stepItem("1", { orderId: "1".repeat(length), status: "picked" }), config).kind;
  expect([of(50), of(51)]).toEqual(["requests", "rejected"]);
});

test("orders of another system and receipts are nothing", () => {
  const own = { ...config, system: "shop" };
  expect(shipengine.map(picked, own)).toMatchObject({ kind: "nothing" });
  expect(shipengine.map(stepItem("1", { orderId: "1", status: "picked", system: "shop" }), own)).toMatchObject({ kind: "requests" });
  expect(shipengine.map(makeScenarios(0)[0]!.items[0]!, config)).toMatchObject({ kind: "nothing" });
});

const error = (status: number, code: string): FakeAnswer => ({
  status,
  body: { request_id: "1", errors: [{ error_source: "carrier", error_type: "business_rules", error_code: code, message: "told" }] },
});
const shipment = (over: object = {}): FakeAnswer => ({
  status: 200,
  body: { shipment_id: "se-1", external_shipment_id: "A 1", shipment_status: "pending", ...over },
});
const label = (over: object = {}) => ({
  label_id: "se-9",
  shipment_id: "se-1",
  status: "completed",
  created_at: "2026-11-20T09:00:00Z",
  ...over,
});

test.each<[string, Readonly<Record<string, FakeAnswer>>, object]>([
  [
    "no shipment yet",
    { "/v1/shipments/external_shipment_id/A%201": error(404, "not_found") },
    { kind: "cause-missing", cause: "order:/A%20.1" },
  ],
  ["nothing under the address", { "/v1/shipments/external_shipment_id/A%201": { status: 404 } }, { kind: "set-up" }],
  [
    "another order's shipment",
    { "/v1/shipments/external_shipment_id/A%201": shipment({ external_shipment_id: "B" }) },
    { kind: "uncertain" },
  ],
  [
    "a cancelled shipment",
    { "/v1/shipments/external_shipment_id/A%201": shipment({ shipment_status: "cancelled" }) },
    { kind: "rejected" },
  ],
  [
    "another shipment's label",
    { "/v1/labels": { status: 200, body: { labels: [label({ shipment_id: "se-2" })] } } },
    { kind: "uncertain" },
  ],
  [
    "a carrier that refuses",
    { "/v1/labels/shipment/se-1": error(400, "carrier_error") },
    { kind: "rejected", detail: "status 400 carrier_error: told" },
  ],
  ["a label that failed", { "/v1/labels/shipment/se-1": { status: 200, body: label({ status: "error" }) } }, { kind: "rejected" }],
  ["a label that does not show", { "/v1/labels/shipment/se-1": { status: 200, body: label() } }, { kind: "uncertain" }],
  [
    "a label that was voided counts as none",
    { "/v1/labels": { status: 200, body: { labels: [label({ status: "voided" })] } }, "/v1/labels/shipment/se-1": error(400, "again") },
    { kind: "rejected" },
  ],
  [
    "a second label that the carrier keeps",
    {
      "/v1/labels": { status: 200, body: { labels: [label(), label({ label_id: "se-8" })] } },
      "/v1/labels/se-9/void": { status: 200, body: { approved: false, message: "too late" } },
    },
    { kind: "rejected", detail: "label se-9 is not taken back: too late" },
  ],
])("%s", async (_name, answers, result) => {
  const usual: Readonly<Record<string, FakeAnswer>> = {
    "/v1/shipments/external_shipment_id/A%201": shipment(),
    "/v1/labels": { status: 200, body: { labels: [] } },
  };
  const server = await startVendorFake(
    {
      rules: {
        judge: ({ path, query, headers }) => ({ kind: "call", call: { operation: path, params: {}, query, headers, body: undefined } }),
        judgeAnswer: () => undefined,
      },
      answer: ({ operation }: FakeCall) => answers[operation] ?? usual[operation] ?? { status: 500 },
      repeatable: () => true,
    },
    virtualClock(),
  );
  const session = shipengine.open({ ...config, url: server.url, allowPrivateNetwork: true }, testPorts());
  expect(await session.send(picked, noContext)).toMatchObject(result);
  await session.close();
  await server.close();
});
