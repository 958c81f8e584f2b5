import { z } from "zod";
import type { ConnectorManifest } from "../connector.ts";
import { addressShape, isEncryptedOrPrivate, PLAIN_HTTP } from "../http/address.ts";
import { emptyMapping, mappingSchema } from "../mapping/mapping.ts";

export const manifest: ConnectorManifest = {
  kind: "salesforce-b2c",
  title: "Salesforce B2C Commerce (statuses of orders, counted stock)",
  // A status and an amount are put as they are: the same again changes nothing.
  repeatability: { by: "set-absolute" },
  capabilities: { categories: ["order-status", "inventory"], lookUp: false, batchItemsMax: 1, needsCause: false },
};

/** The connector's own fields of a destination's file. */
export const salesforceB2cConfigSchema = z
  .strictObject({
    /** Address of the Data API with its version: `https://HOST/s/-/dw/data/v25_6`. */
    ...addressShape,
    /** Where the Account Manager gives tokens. */
    tokenUrl: addressShape.url.default("https://account.demandware.com/dw/oauth2/access_token"),
    /** Id and password of an API client. */
    clientId: z.string().min(1).max(200),
    secret: z.string().min(1).max(2_000),
    /** The storefront whose orders these are. */
    siteId: z.string().min(1).max(100),
    /** Only orders of this system are the site's; without it all are. */
    system: z.string().min(1).max(100).optional(),
    /** Of counts: inventory lists of stores, ids of products. */
    mapping: mappingSchema.default(emptyMapping),
  })
  .refine(isEncryptedOrPrivate, PLAIN_HTTP)
  .refine(({ tokenUrl, allowPrivateNetwork }) => isEncryptedOrPrivate({ url: tokenUrl, allowPrivateNetwork }), {
    ...PLAIN_HTTP,
    path: ["tokenUrl"],
  });
export type SalesforceB2cConfig = z.infer<typeof salesforceB2cConfigSchema>;
