import { lookUpInBooks, sendToBooks } from "../books/bring-books.ts";
import type { Connector } from "../connector.ts";
import { checkAddress } from "../http/address.ts";
import { openOdooLine } from "./line.ts";
import { manifest, odooConfigSchema, type OdooConfig } from "./manifest.ts";
import { mapItem, planItem } from "./map.ts";
import { openMoves } from "./moves.ts";

/** Odoo 19: receipts as balanced journal entries, posted once. */
export const odoo: Connector<OdooConfig> = {
  manifest,
  configSchema: odooConfigSchema,
  secretFields: ["secret"],
  check: checkAddress,
  map: mapItem,
  open: (config, ports) => {
    const line = openOdooLine(config, ports);
    const moves = openMoves(line);
    return {
      send: (item) => sendToBooks(moves, planItem(item, config)),
      lookUp: (item) => lookUpInBooks(moves, planItem(item, config), item),
      close: () => line.http.close(),
    };
  },
};
