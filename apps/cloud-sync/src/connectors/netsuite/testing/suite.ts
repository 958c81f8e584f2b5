import { expectedDocuments } from "../../testing/vendor-fake/expected-effects.ts";
import type { VendorSuite } from "../../testing/vendor-fake/run-vendor-contract-tests.ts";
import { netsuiteConfigSchema, type NetSuiteConfig } from "../manifest.ts";
import { netsuite } from "../netsuite.ts";
import { CLIENT, CURRENCIES, fakeNetSuite, TENDER_ACCOUNT } from "./fake-netsuite.ts";

export const configOf = (url: string, timeoutMs: number): NetSuiteConfig =>
  netsuiteConfigSchema.parse({
    url,
    timeoutMs,
    allowPrivateNetwork: true,
    ...CLIENT,
    currencies: CURRENCIES,
    mapping: {
      version: 1,
      stores: { "9": "7" },
      tenders: { "*": TENDER_ACCOUNT },
      taxes: { "*": "202" },
      accounts: { sales: "400", "*": "499" },
    },
  });

export const suite: VendorSuite<NetSuiteConfig> = {
  connector: netsuite,
  start: fakeNetSuite,
  config: configOf,
  expected: (items) => ({ documents: expectedDocuments(items), points: {} }),
  hasKeys: true,
  upserts: true,
  disturbed: ["an exchange", "a revision of a member's sale"],
  // Goods for goods of the same price move no money: there is no entry.
  without: ["an even exchange"],
};
