import { z } from "zod";
import type { ConnectorManifest } from "../connector.ts";
import { addressShape, isEncryptedOrPrivate, PLAIN_HTTP } from "../http/address.ts";
import { emptyMapping, mappingSchema } from "../mapping/mapping.ts";

/**
 * Square publishes no time for which it remembers idempotency keys, and says so when asked. A day is what vendors that do
 * tell promise; past it we look for what stands before anything is sent.
 */
export const KEY_WINDOW_MS = 86_400_000;

export const manifest: ConnectorManifest = {
  kind: "square",
  title: "Square (orders, payments, refunds, loyalty, gift cards, inventory)",
  repeatability: { by: "native-key", windowMs: KEY_WINDOW_MS },
  capabilities: { categories: ["sales", "stored-value"], lookUp: true, batchItemsMax: 1, needsCause: false },
};

/** Kinds of external payments that Square knows, and cash. */
export const TENDER_CODES = [
  "CASH",
  "CHECK",
  "BANK_TRANSFER",
  "OTHER_GIFT_CARD",
  "CRYPTO",
  "SQUARE_CASH",
  "SOCIAL",
  "EXTERNAL",
  "EMONEY",
  "CARD",
  "STORED_BALANCE",
  "FOOD_VOUCHER",
  "OTHER",
] as const;

/** A shop with more cards has Square's ids as theirs. */
const CARDS_MAX = 100_000;

/** The connector's own fields of a destination's file. */
export const squareConfigSchema = z
  .strictObject({
    ...addressShape,
    url: addressShape.url.default("https://connect.squareup.com"),
    /** Access token of the seller's application. */
    secret: z.string().min(10).max(2_000),
    /**
     * `catalog`: item codes of the mapping are Square's item variations; Square moves stock when an order is paid, and the
     * connector moves back what was returned. `ad-hoc`: lines bear names only, and no stock is moved.
     */
    lines: z.enum(["catalog", "ad-hoc"]).default("ad-hoc"),
    /** Posts the points that the POS told to the loyalty accounts of members. */
    loyalty: z.boolean().default(false),
    /** What burns members' points: receipts that tell of it, or the redemptions of `stored-value`. Never both. */
    pointsFrom: z.enum(["receipts", "stored-value"]).default("receipts"),
    /** Books redemptions, refunds and top-ups of gift cards as activities; without it they are not told. */
    giftCards: z
      .strictObject({
        /** Gift card account: Square's id of the card. One that is not named bears its own id. */
        ids: z
          .record(z.string().min(1).max(200), z.string().min(1).max(200))
          .refine((ids) => Object.keys(ids).length <= CARDS_MAX, `at most ${CARDS_MAX} cards`)
          .default({}),
        /** The payment instrument that Square wants to be told for money that is loaded; without it top-ups are parked. */
        instrument: z.string().min(1).max(255).optional(),
      })
      .optional(),
    mapping: mappingSchema.default(emptyMapping),
  })
  .refine(isEncryptedOrPrivate, PLAIN_HTTP)
  .refine(({ mapping }) => Object.values(mapping.tenders).every((code) => (TENDER_CODES as readonly string[]).includes(code)), {
    path: ["mapping", "tenders"],
    message: `a tender is one of ${TENDER_CODES.join(", ")}`,
  });
export type SquareConfig = z.infer<typeof squareConfigSchema>;
