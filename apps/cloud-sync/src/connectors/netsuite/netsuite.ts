import { lookUpInBooks, sendToBooks } from "../books/bring-books.ts";
import type { Connector } from "../connector.ts";
import { checkAddress } from "../http/address.ts";
import { openEntries } from "./entries.ts";
import { openNetSuiteLine } from "./line.ts";
import { manifest, netsuiteConfigSchema, type NetSuiteConfig } from "./manifest.ts";
import { mapItem, planItem } from "./map.ts";

/** Oracle NetSuite: receipts as balanced journal entries, each under its external id. */
export const netsuite: Connector<NetSuiteConfig> = {
  manifest,
  configSchema: netsuiteConfigSchema,
  secretFields: ["secret"],
  check: checkAddress,
  map: mapItem,
  open: (config, ports) => {
    const line = openNetSuiteLine(config, ports);
    const entries = openEntries(line);
    return {
      send: (item) => sendToBooks(entries, planItem(item, config)),
      lookUp: (item) => lookUpInBooks(entries, planItem(item, config), item),
      close: () => line.http.close(),
    };
  },
};
