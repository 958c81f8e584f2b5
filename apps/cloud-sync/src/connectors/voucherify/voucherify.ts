import type { Connector } from "../connector.ts";
import { checkAddress } from "../http/address.ts";
import { openVoucherifyLine } from "./line.ts";
import { lookUpAtVoucherify } from "./look-up.ts";
import { manifest, voucherifyConfigSchema, type VoucherifyConfig } from "./manifest.ts";
import { mapItem } from "./map.ts";
import { sendToVoucherify } from "./send.ts";

/** Voucherify: what was sold as orders, members' points as movements of their loyalty cards. */
export const voucherify: Connector<VoucherifyConfig> = {
  manifest,
  configSchema: voucherifyConfigSchema,
  secretFields: ["secret"],
  check: checkAddress,
  map: mapItem,
  open: (config, ports) => {
    const line = openVoucherifyLine(config, ports);
    return {
      send: (item) => sendToVoucherify(line, item),
      lookUp: (item) => lookUpAtVoucherify(line, item),
      close: () => line.http.close(),
    };
  },
};
