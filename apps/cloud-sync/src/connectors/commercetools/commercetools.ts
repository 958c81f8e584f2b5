import type { Connector } from "../connector.ts";
import { checkAddress } from "../http/address.ts";
import { openCommercetoolsLine } from "./line.ts";
import { lookUpAtCommercetools } from "./look-up.ts";
import { commercetoolsConfigSchema, manifest, type CommercetoolsConfig } from "./manifest.ts";
import { mapItem } from "./map.ts";
import { sendToCommercetools } from "./send.ts";

/** commercetools: what was sold as imported orders with payments, what came back as returns of them. */
export const commercetools: Connector<CommercetoolsConfig> = {
  manifest,
  configSchema: commercetoolsConfigSchema,
  secretFields: ["secret"],
  check: (config) => {
    checkAddress(config);
    checkAddress({ ...config, url: config.authUrl });
  },
  map: mapItem,
  open: (config, ports) => {
    const line = openCommercetoolsLine(config, ports);
    return {
      send: (item, context) => sendToCommercetools({ ...line, context }, item),
      lookUp: (item, context) => lookUpAtCommercetools({ ...line, context }, item),
      close: () => line.http.close(),
    };
  },
};
