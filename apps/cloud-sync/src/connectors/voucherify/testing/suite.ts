import type { VendorSuite } from "../../testing/vendor-fake/run-vendor-contract-tests.ts";
import { voucherifyConfigSchema, type VoucherifyConfig } from "../manifest.ts";
import { voucherify } from "../voucherify.ts";
import { CAMPAIGN, expectedAtVoucherify, fakeVoucherify } from "./fake-voucherify.ts";

const config = (url: string, timeoutMs: number): VoucherifyConfig =>
  voucherifyConfigSchema.parse({
    url,
    timeoutMs,
    allowPrivateNetwork: true,
    appId: "app",
    secret: "voucherify-test",
    currency: "EUR",
    loyaltyCampaignId: CAMPAIGN,
    mapping: { version: 1, stores: { "9": "store-9" } },
  });

/** A return without a receipt and without a member is nothing to Voucherify. */
export const suite: VendorSuite<VoucherifyConfig> = {
  connector: voucherify,
  start: fakeVoucherify,
  config,
  expected: expectedAtVoucherify,
  without: ["a return without a receipt"],
  hasKeys: false,
};
