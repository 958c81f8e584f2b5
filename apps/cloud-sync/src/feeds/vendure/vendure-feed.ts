import { checkAddress } from "../../connectors/http/address.ts";
import { openJsonLine } from "../../connectors/http/json-line.ts";
import { openAsk } from "../../connectors/vendure/ask.ts";
import type { FeedKind } from "../feed-kind.ts";
import { vendureFeedSchema, type VendureFeedConfig } from "./config.ts";
import { ordersPart } from "./orders-part.ts";

/** Vendure as where orders come from that stores hand over. */
export const vendureFeed: FeedKind<VendureFeedConfig> = {
  kind: "vendure",
  configSchema: vendureFeedSchema,
  secretFields: ["secret", "noticeSecret"],
  credentialFields: ["secret"],
  noticedPart: "orders",
  check: checkAddress,
  open: (config, ports) => {
    const headers = {
      "vendure-api-key": config.secret,
      ...(config.channel === undefined ? {} : { "vendure-token": config.channel }),
    };
    const line = openJsonLine(config, ports, { headers: () => Promise.resolve(headers) });
    return { parts: [ordersPart(openAsk(line), config, () => ports.nowMs())], close: () => line.close() };
  },
};
