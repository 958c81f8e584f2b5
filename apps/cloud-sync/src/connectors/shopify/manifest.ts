import { currencySchema } from "@tillsync/sync-protocol";
import { z } from "zod";
import type { ConnectorManifest } from "../connector.ts";
import { addressShape, isEncryptedOrPrivate, PLAIN_HTTP } from "../http/address.ts";
import { emptyMapping, mappingSchema } from "../mapping/mapping.ts";

/** The release of the Admin API that the connector was written and tested against. */
export const API_VERSION = "2026-10";

export const manifest: ConnectorManifest = {
  kind: "shopify",
  title: "Shopify (Admin GraphQL: orders, refunds and stock)",
  // Creating an order takes no key: its source identifier is looked for before every send.
  repeatability: { by: "lookup-first" },
  capabilities: { categories: ["sales", "inventory"], lookUp: true, batchItemsMax: 1, needsCause: false },
};

/** A shop with more stores than this has several destinations. */
const LOCATIONS_MAX = 10_000;

const stockSchema = z.strictObject({
  /** POS store number: the number of Shopify's location. */
  locations: z
    .record(z.string().min(1).max(200), z.string().regex(/^\d{1,20}$/, "the number of a location"))
    .refine((locations) => Object.keys(locations).length <= LOCATIONS_MAX, `at most ${LOCATIONS_MAX} locations`),
  /** Sales, returns, voids and corrections move the stock of their store as well; articles that Shopify does not stock there are left alone. */
  receipts: z.boolean().default(false),
  /** Type of the metaobjects in which changes of stock are written down before they are made. */
  journal: z
    .string()
    .regex(/^[a-z0-9_-]{3,60}$/)
    .default("tillsync_stock"),
});

/** The connector's own fields of a destination's file. */
export const shopifyConfigSchema = z
  .strictObject({
    ...addressShape,
    /** Access token of a custom app's Admin API. */
    secret: z.string().min(10).max(2_000),
    /** The shop's currency; receipts in another are refused. */
    currency: currencySchema,
    /** Orders' channel, as Shopify's reports name it. */
    sourceName: z
      .string()
      .regex(/^[a-z0-9-]{1,40}$/)
      .default("tillsync"),
    /** Counts and movements of goods; without it they are not told. */
    stock: stockSchema.optional(),
    mapping: mappingSchema.default(emptyMapping),
  })
  .refine(isEncryptedOrPrivate, PLAIN_HTTP);
export type ShopifyConfig = z.infer<typeof shopifyConfigSchema>;
