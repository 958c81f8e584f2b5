import type { Connector } from "../connector.ts";
import { checkAddress } from "../http/address.ts";
import { reach } from "../http/reach.ts";
import { klaviyoConfigSchema, manifest, type KlaviyoConfig } from "./manifest.ts";
import { mapItem } from "./map.ts";
import { openKlaviyoLine, sendToKlaviyo } from "./send.ts";

/** Klaviyo: what members bought and returned as events, what is told of them as profiles, by pseudonym. */
export const klaviyo: Connector<KlaviyoConfig> = {
  manifest,
  configSchema: klaviyoConfigSchema,
  secretFields: ["secret"],
  check: checkAddress,
  map: mapItem,
  open: (config, ports) => {
    const line = openKlaviyoLine(config, ports);
    return { send: (item) => sendToKlaviyo(line, item), probe: () => reach(config), close: () => line.http.close() };
  },
};
