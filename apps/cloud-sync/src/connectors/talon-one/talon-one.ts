import type { Connector } from "../connector.ts";
import { checkAddress } from "../http/address.ts";
import { openTalonOneLine } from "./line.ts";
import { lookUpAtTalonOne } from "./look-up.ts";
import { manifest, talonOneConfigSchema, type TalonOneConfig } from "./manifest.ts";
import { mapItem } from "./map.ts";
import { sendToTalonOne } from "./send.ts";

/** Talon.One: what was sold as closed customer sessions, what came back as their returns, members' points in a loyalty program. */
export const talonOne: Connector<TalonOneConfig> = {
  manifest,
  configSchema: talonOneConfigSchema,
  secretFields: ["secret", "managementKey"],
  check: checkAddress,
  map: mapItem,
  open: (config, ports) => {
    const line = openTalonOneLine(config, ports);
    return {
      send: (item, context) => sendToTalonOne(line, item, context),
      lookUp: (item) => lookUpAtTalonOne(line, item),
      close: () => line.http.close(),
    };
  },
};
