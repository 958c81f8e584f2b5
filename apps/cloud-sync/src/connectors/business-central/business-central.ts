import { lookUpInBooks, sendToBooks } from "../books/bring-books.ts";
import type { Connector, DeliveryItem, SendResult } from "../connector.ts";
import { checkAddress } from "../http/address.ts";
import { openDocuments } from "./documents.ts";
import { learnItems } from "./items.ts";
import { openBusinessCentralLine, type BusinessCentralLine } from "./line.ts";
import { businessCentralConfigSchema, manifest, type BusinessCentralConfig } from "./manifest.ts";
import { mapItem, planItem } from "./map.ts";

/** Business Central: what was sold as posted sales invoices, what came back as credit memos. */
export const businessCentral: Connector<BusinessCentralConfig> = {
  manifest,
  configSchema: businessCentralConfigSchema,
  secretFields: ["secret"],
  check: (config) => {
    checkAddress(config);
    checkAddress({ ...config, url: config.tokenUrl });
  },
  map: mapItem,
  open: (config, ports) => {
    const line = openBusinessCentralLine(config, ports);
    return {
      send: (item) => send(line, item),
      lookUp: (item) => lookUpInBooks(openDocuments(line), planItem(item, config), item),
      close: () => line.http.close(),
    };
  },
};

async function send(line: BusinessCentralLine, item: DeliveryItem): Promise<SendResult> {
  const planned = planItem(item, line.config);
  if (planned.kind !== "plan") return planned;
  const learnt = await learnItems(
    line,
    planned.documents.flatMap(({ lines }) => lines.map((one) => one.item)),
  );
  return learnt.kind === "ok" ? sendToBooks(openDocuments(line), planned) : learnt;
}
