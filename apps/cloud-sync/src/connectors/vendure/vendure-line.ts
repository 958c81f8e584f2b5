import type { ConnectorPorts } from "../connector.ts";
import { openJsonLine } from "../http/json-line.ts";
import { openAsk, type Ask } from "./ask.ts";
import type { VendureConfig } from "./manifest.ts";
import { openNames, type Names } from "./names.ts";

/** An open line to one Vendure server. */
export interface Vendure {
  readonly config: VendureConfig;
  readonly ask: Ask;
  readonly names: Names;
  close(): Promise<void>;
}

export function openVendure(config: VendureConfig, ports: ConnectorPorts): Vendure {
  const headers = {
    "vendure-api-key": config.secret,
    ...(config.channel === undefined ? {} : { "vendure-token": config.channel }),
  };
  const line = openJsonLine(config, ports, { headers: () => Promise.resolve(headers) });
  const ask = openAsk(line);
  return { config, ask, names: openNames(ask, ports, config.shippingMethod), close: () => line.close() };
}
