import type { VendorSuite } from "../../testing/vendor-fake/run-vendor-contract-tests.ts";
import { commercetools } from "../commercetools.ts";
import { commercetoolsConfigSchema, type CommercetoolsConfig } from "../manifest.ts";
import { CLIENT, expectedAtCommercetools, fakeCommercetools } from "./fake-commercetools.ts";

const config = (url: string, timeoutMs: number): CommercetoolsConfig =>
  commercetoolsConfigSchema.parse({
    url,
    authUrl: url,
    timeoutMs,
    allowPrivateNetwork: true,
    projectKey: "shop",
    ...CLIENT,
    lines: "catalog",
    mapping: { version: 1, stores: { "9": "store-9" }, tenders: { "*": "till" }, taxes: { "*": "VAT" } },
  });

export const suite: VendorSuite<CommercetoolsConfig> = {
  connector: commercetools,
  start: fakeCommercetools,
  config,
  expected: expectedAtCommercetools,
  hasKeys: true,
};
