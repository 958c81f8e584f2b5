import type { Connector, ConnectorPorts, ConnectorSession } from "../connector.ts";
import { checkAddress } from "../http/address.ts";
import { manifest, vendureConfigSchema, type VendureConfig } from "./manifest.ts";
import { mapItem } from "./map.ts";
import { lookUpItem, sendItem } from "./send.ts";
import { openVendure } from "./vendure-line.ts";

/** Vendure 3 through its Admin API: receipts as orders, returns as refunds and cancellations, counts as stock. */
export const vendure: Connector<VendureConfig> = {
  manifest,
  configSchema: vendureConfigSchema,
  secretFields: ["secret"],
  check: checkAddress,
  map: mapItem,
  open: openSession,
};

function openSession(config: VendureConfig, ports: ConnectorPorts): ConnectorSession {
  const line = openVendure(config, ports);
  // Counts wait for each other; everything else is kept apart by its key and by Vendure's unique fields.
  let counting: Promise<unknown> = Promise.resolve();
  return {
    send: (item) => {
      if (item.transaction.transactionType !== "Inventory") return sendItem(line, item);
      const result = counting.then(() => sendItem(line, item));
      counting = result.catch(() => undefined);
      return result;
    },
    lookUp: (item) => lookUpItem(line, item),
    close: () => line.close(),
  };
}
