import { stepItem } from "../../testing/step-item.ts";
import type { VendorSuite } from "../../testing/vendor-fake/run-vendor-contract-tests.ts";
import { makeScenarios } from "../../testing/vendor-fake/scenarios.ts";
import { shipengineConfigSchema, type ShipengineConfig } from "../manifest.ts";
import { shipengine } from "../shipengine.ts";
import { expectedAtShipengine, fakeShipengine, SECRET } from "./fake-shipengine.ts";

const NOW = Date.UTC(2026, 10, 20, 9);

export const configOf = (url: string, timeoutMs: number): ShipengineConfig =>
  shipengineConfigSchema.parse({ url, timeoutMs, allowPrivateNetwork: true, secret: SECRET });

/** Receipts are nothing here. */
export const suite: VendorSuite<ShipengineConfig> = {
  connector: shipengine,
  start: fakeShipengine,
  config: configOf,
  expected: expectedAtShipengine,
  without: makeScenarios(NOW).map(({ name }) => name),
  more: [
    {
      name: "an order that is picked",
      stranger: stepItem("900", { orderId: "00900", status: "picked" }),
      items: [stepItem("1", { orderId: "00001", status: "picked" })],
    },
    {
      name: "an order that is picked and then cancelled",
      stranger: stepItem("900", { orderId: "00900", status: "picked" }),
      items: [stepItem("3", { orderId: "00002", status: "picked" }), stepItem("4", { orderId: "00002", status: "cancelled" })],
    },
  ],
  hasKeys: false,
};
