import type { Connector } from "../connector.ts";
import { checkAddress } from "../http/address.ts";
import { openSquareLine } from "./line.ts";
import { lookUpAtSquare } from "./look-up.ts";
import { manifest, squareConfigSchema, type SquareConfig } from "./manifest.ts";
import { mapItem } from "./map.ts";
import { sendToSquare } from "./send.ts";

/** Square: sales as paid orders, returns as refunds, members' points as adjustments of their loyalty accounts, gift cards as activities. */
export const square: Connector<SquareConfig> = {
  manifest,
  configSchema: squareConfigSchema,
  secretFields: ["secret"],
  check: checkAddress,
  map: mapItem,
  open: (config, ports) => {
    const line = openSquareLine(config, ports);
    return {
      send: (item, context) => sendToSquare(line, item, context),
      lookUp: (item) => lookUpAtSquare(line, item),
      close: () => line.http.close(),
    };
  },
};
