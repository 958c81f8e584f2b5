import type { Connector } from "../connector.ts";
import { checkAddress } from "../http/address.ts";
import { reach } from "../http/reach.ts";
import { manifest, salesforceB2cConfigSchema, type SalesforceB2cConfig } from "./manifest.ts";
import { mapItem } from "./map.ts";
import { openSalesforceB2cLine, sendToSalesforceB2c } from "./send.ts";

/** Salesforce B2C Commerce: steps of orders as the statuses of the site's orders, counts as allocations of inventory lists. */
export const salesforceB2c: Connector<SalesforceB2cConfig> = {
  manifest,
  configSchema: salesforceB2cConfigSchema,
  secretFields: ["secret"],
  check: (config) => {
    checkAddress(config);
    checkAddress({ ...config, url: config.tokenUrl });
  },
  map: mapItem,
  open: (config, ports) => {
    const line = openSalesforceB2cLine(config, ports);
    return { send: (item) => sendToSalesforceB2c(line, item), probe: () => reach(config), close: () => line.http.close() };
  },
};
