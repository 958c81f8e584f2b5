import { currencySchema } from "@tillsync/sync-protocol";
import { z } from "zod";
import type { ConnectorManifest } from "../connector.ts";
import { addressShape, isEncryptedOrPrivate, PLAIN_HTTP } from "../http/address.ts";
import { emptyMapping, mappingSchema } from "../mapping/mapping.ts";

export const manifest: ConnectorManifest = {
  kind: "voucherify",
  title: "Voucherify (orders and loyalty cards)",
  // Orders are upserts, but points have no key at all: the ledger is read before every send.
  repeatability: { by: "lookup-first" },
  capabilities: { categories: ["sales"], lookUp: true, batchItemsMax: 1, needsCause: false },
};

/** The connector's own fields of a destination's file. */
export const voucherifyConfigSchema = z
  .strictObject({
    ...addressShape,
    url: addressShape.url.default("https://api.voucherify.io"),
    /** Application ID and secret key of the project's server-side key. */
    appId: z.string().min(1).max(200),
    secret: z.string().min(1).max(2_000),
    /** The project's currency: orders bear none, so receipts in another are refused. */
    currency: currencySchema,
    /** What the item codes of the mapping name. */
    itemsAre: z.enum(["sku", "product"]).default("sku"),
    /** Loyalty campaign whose cards get the points that the POS told; without it points stay where they are. */
    loyaltyCampaignId: z.string().min(1).max(200).optional(),
    mapping: mappingSchema.default(emptyMapping),
  })
  .refine(isEncryptedOrPrivate, PLAIN_HTTP);
export type VoucherifyConfig = z.infer<typeof voucherifyConfigSchema>;
