import { expectedDocuments } from "../../testing/vendor-fake/expected-effects.ts";
import type { VendorSuite } from "../../testing/vendor-fake/run-vendor-contract-tests.ts";
import { erpnext } from "../erpnext.ts";
import { erpnextConfigSchema, type ErpnextConfig } from "../manifest.ts";
import { fakeErpnext, SECRET } from "./fake-erpnext.ts";

export const configOf = (url: string, timeoutMs: number): ErpnextConfig =>
  erpnextConfigSchema.parse({
    url,
    timeoutMs,
    allowPrivateNetwork: true,
    secret: SECRET,
    company: "Shop",
    mapping: {
      version: 1,
      stores: { "9": "Store 9" },
      tenders: { cash: "Cash", "*": "Card" },
      taxes: { "*": "VAT - S" },
      accounts: { exchange: "Exchange" },
      customers: { "*": "Walk-in" },
    },
  });

export const suite: VendorSuite<ErpnextConfig> = {
  connector: erpnext,
  start: fakeErpnext,
  config: configOf,
  expected: (items) => ({ documents: expectedDocuments(items), points: {} }),
  hasKeys: false,
  disturbed: ["an exchange", "a revision of a member's sale"],
};
