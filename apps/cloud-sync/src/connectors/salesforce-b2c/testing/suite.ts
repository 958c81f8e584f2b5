import { stepItem } from "../../testing/step-item.ts";
import type { VendorSuite } from "../../testing/vendor-fake/run-vendor-contract-tests.ts";
import { makeScenarios } from "../../testing/vendor-fake/scenarios.ts";
import { salesforceB2cConfigSchema, type SalesforceB2cConfig } from "../manifest.ts";
import { salesforceB2c } from "../salesforce-b2c.ts";
import { countItem } from "./count-item.ts";
import { CLIENT, expectedAtSalesforceB2c, fakeSalesforceB2c, LIST, SITE } from "./fake-salesforce-b2c.ts";

const NOW = Date.UTC(2026, 10, 20, 9);

const mapping = { version: 1, stores: { "9": LIST } };

const config = (url: string, timeoutMs: number): SalesforceB2cConfig =>
  salesforceB2cConfigSchema.parse({
    url,
    tokenUrl: `${url}/token`,
    timeoutMs,
    allowPrivateNetwork: true,
    siteId: SITE,
    mapping,
    ...CLIENT,
  });

const stranger = stepItem("900", { orderId: "00900", status: "shipped" });
const lines = [{ itemId: "mug", quantity: { value: "1", uom: "EA" } }];

/** Receipts are nothing here. */
export const suite: VendorSuite<SalesforceB2cConfig> = {
  connector: salesforceB2c,
  start: fakeSalesforceB2c,
  config,
  expected: expectedAtSalesforceB2c,
  without: makeScenarios(NOW).map(({ name }) => name),
  more: [
    {
      name: "an order that is confirmed, picked and shipped",
      stranger,
      items: [
        stepItem("1", { orderId: "00001", status: "confirmed" }),
        stepItem("2", { orderId: "00001", status: "picked" }),
        stepItem("3", { orderId: "00001", status: "shipped" }),
      ],
    },
    { name: "an order of which a part is shipped", stranger, items: [stepItem("4", { orderId: "00001", status: "shipped", lines })] },
    { name: "an order of which delivery alone is told", stranger, items: [stepItem("6", { orderId: "00002", status: "delivered" })] },
    {
      name: "two counts",
      stranger: countItem("901", [["pear", "7"]]),
      items: [
        countItem("11", [
          ["apple", "38"],
          ["mug", "11"],
        ]),
        countItem("12", [
          ["apple", "36.5"],
          ["coffee/beans", "24"],
        ]),
      ],
    },
    { name: "an order that is cancelled", stranger, items: [stepItem("5", { orderId: "00002", status: "cancelled" })] },
  ],
  hasKeys: true,
};
