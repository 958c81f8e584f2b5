import type { Scenario } from "../../testing/vendor-fake/scenarios.ts";
import { valueItem } from "../../testing/vendor-fake/value-item.ts";
import { virtualClock } from "../../testing/vendor-fake/virtual-clock.ts";
import type { VendorSuite } from "../../testing/vendor-fake/run-vendor-contract-tests.ts";
import { voucherifyConfigSchema, type VoucherifyConfig } from "../manifest.ts";
import { voucherify } from "../voucherify.ts";
import { CAMPAIGN, expectedAtVoucherify, fakeVoucherify, GIFT_ACCOUNT, GIFT_CODE, GIFT_TRANSLATED } from "./fake-voucherify.ts";

const config = (url: string, timeoutMs: number): VoucherifyConfig =>
  voucherifyConfigSchema.parse({
    url,
    timeoutMs,
    allowPrivateNetwork: true,
    appId: "app",
    secret: "voucherify-test",
    currency: "EUR",
    loyaltyCampaignId: CAMPAIGN,
    giftCards: { codes: { [GIFT_ACCOUNT]: GIFT_TRANSLATED } },
    mapping: { version: 1, stores: { "9": "store-9" } },
  });

const NOW = virtualClock().nowMs();
const card = (id: string) => ({ kind: "giftCard" as const, id });
const stranger = valueItem({ sequence: "950", account: card(GIFT_CODE), amount: "77" }, NOW);
const giftCards: readonly Scenario[] = [
  {
    name: "a gift card that is redeemed, topped up, refunded in part and redeemed again",
    stranger,
    items: [
      valueItem({ sequence: "951", account: card(GIFT_CODE), amount: "2500" }, NOW),
      valueItem({ sequence: "952", account: card(GIFT_CODE), kind: "toppedUp", amount: "1000" }, NOW),
      valueItem({ sequence: "953", account: card(GIFT_CODE), kind: "refunded", amount: "300", of: "r951" }, NOW),
      valueItem({ sequence: "954", account: card(GIFT_CODE), amount: "8700" }, NOW),
    ],
  },
  {
    name: "a gift card with a code of its own",
    stranger,
    items: [valueItem({ sequence: "955", account: card(GIFT_ACCOUNT), amount: "1" }, NOW)],
  },
];

/** A return without a receipt and without a member is nothing to Voucherify. */
export const suite: VendorSuite<VoucherifyConfig> = {
  connector: voucherify,
  start: fakeVoucherify,
  config,
  expected: expectedAtVoucherify,
  without: ["a return without a receipt"],
  hasKeys: false,
  more: giftCards,
};
