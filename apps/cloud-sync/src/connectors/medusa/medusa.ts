import { z } from "zod";
import type { Connector, ProbeResult } from "../connector.ts";
import { checkAddress } from "../http/address.ts";
import { askMedusa, openMedusaLine, type MedusaLine } from "./line.ts";
import { lookUpAtMedusa } from "./look-up.ts";
import { manifest, medusaConfigSchema, type MedusaConfig } from "./manifest.ts";
import { mapItem } from "./map.ts";
import { sendToMedusa } from "./send.ts";

/** Medusa 2: receipts as paid orders that were handed over, returns by its returns, points in store credit accounts. */
export const medusa: Connector<MedusaConfig> = {
  manifest,
  configSchema: medusaConfigSchema,
  secretFields: ["secret"],
  check: checkAddress,
  map: mapItem,
  open: (config, ports) => {
    const line = openMedusaLine(config, ports);
    return {
      send: (item, context) => sendToMedusa({ ...line, context }, item),
      lookUp: (item, context) => lookUpAtMedusa({ ...line, context }, item),
      probe: () => probe(line),
      close: () => line.http.close(),
    };
  },
};

/** Reads the region that orders are made in. */
async function probe(line: MedusaLine): Promise<ProbeResult> {
  const { region } = line.config;
  const shape = z.object({ region: z.object({ id: z.literal(region), currency_code: z.string() }) });
  const said = await askMedusa(
    line,
    { method: "GET", path: `/admin/regions/${encodeURIComponent(region)}`, query: { fields: "id,currency_code" } },
    shape,
  );
  if (said.kind === "ok") return { kind: "ready", detail: `orders are made in ${said.value.region.currency_code.toUpperCase()}` };
  if (said.kind === "absent") return { kind: "set-up", detail: "Medusa has no such region" };
  return said.kind === "foreign" || said.kind === "cause-missing" ? { kind: "uncertain", detail: said.detail } : said;
}
