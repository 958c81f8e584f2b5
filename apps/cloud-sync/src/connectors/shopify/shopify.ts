import type { Connector } from "../connector.ts";
import { checkAddress } from "../http/address.ts";
import { openShopifyLine } from "./line.ts";
import { lookUpAtShopify } from "./look-up.ts";
import { manifest, shopifyConfigSchema, type ShopifyConfig } from "./manifest.ts";
import { mapItem } from "./map.ts";
import { sendToShopify } from "./send.ts";

/** Shopify: sales as orders that are paid and fulfilled, returns as refunds on them, counts and movements of goods as stock. */
export const shopify: Connector<ShopifyConfig> = {
  manifest,
  configSchema: shopifyConfigSchema,
  secretFields: ["secret"],
  check: checkAddress,
  map: mapItem,
  open: (config, ports) => {
    const line = openShopifyLine(config, ports);
    return {
      send: (item, context) => sendToShopify(line, item, context),
      lookUp: (item, context) => lookUpAtShopify(line, item, context),
      close: () => line.http.close(),
    };
  },
};
