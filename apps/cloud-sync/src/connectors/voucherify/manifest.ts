import { currencySchema } from "@tillsync/sync-protocol";
import { z } from "zod";
import type { ConnectorManifest } from "../connector.ts";
import { addressShape, isEncryptedOrPrivate, PLAIN_HTTP } from "../http/address.ts";
import { emptyMapping, mappingSchema } from "../mapping/mapping.ts";

export const manifest: ConnectorManifest = {
  kind: "voucherify",
  title: "Voucherify (orders, loyalty cards and gift vouchers)",
  // Orders are upserts, but points have no key at all: the ledger is read before every send.
  repeatability: { by: "lookup-first" },
  capabilities: { categories: ["sales", "stored-value"], lookUp: true, batchItemsMax: 1, needsCause: false },
};

/** A shop with more cards has the pseudonyms as codes. */
const CODES_MAX = 100_000;

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
    /** What burns members' points: receipts that tell of it, or the redemptions of `stored-value`. Never both. */
    pointsFrom: z.enum(["receipts", "stored-value"]).default("receipts"),
    /** Books redemptions, refunds and top-ups of gift cards to gift vouchers; without it they are not told. */
    giftCards: z
      .strictObject({
        /** Gift card account: the voucher's code or id. One that is not named bears its own id. */
        codes: z
          .record(z.string().min(1).max(200), z.string().min(1).max(200))
          .refine((codes) => Object.keys(codes).length <= CODES_MAX, `at most ${CODES_MAX} codes`)
          .default({}),
      })
      .optional(),
    mapping: mappingSchema.default(emptyMapping),
  })
  .refine(isEncryptedOrPrivate, PLAIN_HTTP);
export type VoucherifyConfig = z.infer<typeof voucherifyConfigSchema>;
