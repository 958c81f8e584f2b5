import { expectedDocuments } from "../../testing/vendor-fake/expected-effects.ts";
import type { VendorSuite } from "../../testing/vendor-fake/run-vendor-contract-tests.ts";
import { businessCentral } from "../business-central.ts";
import { businessCentralConfigSchema, type BusinessCentralConfig } from "../manifest.ts";
import { numberOf } from "../map.ts";
import { CLIENT, COMPANY, fakeBusinessCentral } from "./fake-business-central.ts";

export const configOf = (url: string, timeoutMs: number): BusinessCentralConfig =>
  businessCentralConfigSchema.parse({
    url,
    tokenUrl: `${url}/token`,
    timeoutMs,
    allowPrivateNetwork: true,
    ...CLIENT,
    company: COMPANY,
    mapping: {
      version: 1,
      stores: { "9": "S9" },
      tenders: { "*": "CASH" },
      taxes: { "*": "VAT" },
      accounts: { exchange: "EXCHANGE" },
      customers: { "*": "10000" },
    },
  });

export const suite: VendorSuite<BusinessCentralConfig> = {
  connector: businessCentral,
  start: fakeBusinessCentral,
  config: configOf,
  expected: (items) => ({
    documents: expectedDocuments(items).map((one) => ({ ...one, reference: numberOf(one.reference) })),
    points: {},
  }),
  hasKeys: false,
  disturbed: ["an exchange", "a revision of a member's sale"],
};
