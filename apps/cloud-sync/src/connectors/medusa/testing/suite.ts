import type { VendorSuite } from "../../testing/vendor-fake/run-vendor-contract-tests.ts";
import { medusa } from "../medusa.ts";
import { medusaConfigSchema, type MedusaConfig } from "../manifest.ts";
import { ACCOUNTS } from "./fake-ledger.ts";
import { fakeMedusa, SECRET } from "./fake-medusa.ts";

export const configOf = (url: string, timeoutMs: number): MedusaConfig =>
  medusaConfigSchema.parse({
    url,
    timeoutMs,
    allowPrivateNetwork: true,
    secret: SECRET,
    region: "reg_eu",
    salesChannel: "sc_till",
    shippingOption: "so_till",
    lines: "catalog",
    points: "store-credit",
    mapping: { version: 1, stores: { "9": "sloc_9" }, tenders: { "*": "till" }, customers: ACCOUNTS },
  });

export const suite: VendorSuite<MedusaConfig> = {
  connector: medusa,
  start: fakeMedusa,
  config: configOf,
  hasKeys: false,
  disturbed: ["a sale", "a return that names its sale and gives points back"],
};
