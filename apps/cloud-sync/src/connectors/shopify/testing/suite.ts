import { expectedDocuments } from "../../testing/vendor-fake/expected-effects.ts";
import type { VendorSuite } from "../../testing/vendor-fake/run-vendor-contract-tests.ts";
import { shopifyConfigSchema, type ShopifyConfig } from "../manifest.ts";
import { shopify } from "../shopify.ts";
import { fakeShopify } from "./fake-shopify.ts";
import { LOCATION } from "./fake-stock.ts";

const config = (url: string, timeoutMs: number): ShopifyConfig =>
  shopifyConfigSchema.parse({
    url,
    timeoutMs,
    allowPrivateNetwork: true,
    secret: "shpat_shopify-test",
    currency: "EUR",
    stock: { locations: { "9": LOCATION } },
    mapping: {
      version: 1,
      stores: { "9": "Store 9" },
      tenders: { cash: "cash", "card:VISA": "card", giftCard: "gift" },
      taxes: { "*": "VAT" },
    },
  });

/** A return without a receipt has no order to refund: it is refused, and parked. */
export const suite: VendorSuite<ShopifyConfig> = {
  connector: shopify,
  start: fakeShopify,
  config,
  expected: (items) => ({ documents: expectedDocuments(items), points: {} }),
  without: ["a return without a receipt"],
  hasKeys: true,
};
