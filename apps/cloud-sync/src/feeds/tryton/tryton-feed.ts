import { checkAddress } from "../../connectors/http/address.ts";
import type { FeedKind } from "../feed-kind.ts";
import { openAskTryton } from "./ask-tryton.ts";
import { trytonFeedSchema, type TrytonFeedConfig } from "./config.ts";
import { productsPart } from "./products-part.ts";
import { stockPart } from "./stock-part.ts";

/** Tryton as where articles, prices and stock come from. */
export const trytonFeed: FeedKind<TrytonFeedConfig> = {
  kind: "tryton",
  configSchema: trytonFeedSchema,
  secretFields: ["password"],
  credentialFields: ["password"],
  check: checkAddress,
  open: (config, ports) => {
    const ask = openAskTryton(config, ports);
    const nowMs = (): number => ports.nowMs();
    const stock = config.stock.length === 0 ? [] : [stockPart(ask, config, nowMs)];
    return { parts: [productsPart(ask, config, nowMs), ...stock], close: () => ask.close() };
  },
};
