import type { Connector } from "../connector.ts";
import { checkAddress } from "../http/address.ts";
import { reach } from "../http/reach.ts";
import { bringShipment, lookUpShipment } from "./bring-shipment.ts";
import { openShipengineLine } from "./line.ts";
import { manifest, shipengineConfigSchema, type ShipengineConfig } from "./manifest.ts";
import { mapItem, planItem } from "./map.ts";

/** ShipEngine: the label of an order is bought when the shop has picked it, and given back when it is cancelled. */
export const shipengine: Connector<ShipengineConfig> = {
  manifest,
  configSchema: shipengineConfigSchema,
  secretFields: ["secret"],
  check: checkAddress,
  map: mapItem,
  open: (config, ports) => {
    const http = openShipengineLine(config, ports);
    return {
      send: (item) => bringShipment(http, planItem(item, config)),
      lookUp: (item) => lookUpShipment(http, planItem(item, config)),
      probe: () => reach(config),
      close: () => http.close(),
    };
  },
};
