import { lookUpInBooks, sendToBooks } from "../books/bring-books.ts";
import type { Connector } from "../connector.ts";
import { checkAddress } from "../http/address.ts";
import { openInvoices } from "./invoices.ts";
import { openErpnextLine } from "./line.ts";
import { erpnextConfigSchema, manifest, type ErpnextConfig } from "./manifest.ts";
import { mapItem, planItem } from "./map.ts";

/** ERPNext: what was sold as submitted POS invoices with their payments, what came back as returns. */
export const erpnext: Connector<ErpnextConfig> = {
  manifest,
  configSchema: erpnextConfigSchema,
  secretFields: ["secret"],
  check: checkAddress,
  map: mapItem,
  open: (config, ports) => {
    const line = openErpnextLine(config, ports);
    return {
      send: (item, context) => sendToBooks(openInvoices(line, context), planItem(item, config)),
      lookUp: (item, context) => lookUpInBooks(openInvoices(line, context), planItem(item, config), item),
      close: () => line.http.close(),
    };
  },
};
