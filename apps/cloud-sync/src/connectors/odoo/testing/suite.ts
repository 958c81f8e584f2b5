import { expectedDocuments } from "../../testing/vendor-fake/expected-effects.ts";
import type { VendorSuite } from "../../testing/vendor-fake/run-vendor-contract-tests.ts";
import { odooConfigSchema, type OdooConfig } from "../manifest.ts";
import { odoo } from "../odoo.ts";
import { fakeOdoo, SECRET, TENDER_ACCOUNT } from "./fake-odoo.ts";

export const configOf = (url: string, timeoutMs: number): OdooConfig =>
  odooConfigSchema.parse({
    url,
    timeoutMs,
    allowPrivateNetwork: true,
    secret: SECRET,
    database: "shop",
    mapping: {
      version: 1,
      stores: { "9": "7" },
      tenders: { "*": TENDER_ACCOUNT },
      taxes: { "*": "202" },
      accounts: { sales: "400", "*": "499" },
    },
  });

export const suite: VendorSuite<OdooConfig> = {
  connector: odoo,
  start: fakeOdoo,
  config: configOf,
  expected: (items) => ({ documents: expectedDocuments(items), points: {} }),
  hasKeys: false,
  disturbed: ["an exchange", "a revision of a member's sale"],
  // Goods for goods of the same price move no money: there is no entry.
  without: ["an even exchange"],
};
