import { z } from "zod";
import type { ConnectorManifest } from "../connector.ts";
import { addressShape, isEncryptedOrPrivate, PLAIN_HTTP } from "../http/address.ts";
import { emptyMapping, mappingSchema } from "../mapping/mapping.ts";

export const manifest: ConnectorManifest = {
  kind: "medusa",
  title: "Medusa 2 (orders, returns, store credit)",
  // Medusa keeps no key of ours: orders are found by their billing address, returns and refunds at the order they belong to.
  repeatability: { by: "lookup-first" },
  capabilities: { categories: ["sales"], lookUp: true, batchItemsMax: 1, needsCause: true },
};

const id = z.string().regex(/^[A-Za-z0-9_-]{1,100}$/, "an id of Medusa");

/** Medusa's own fields of a destination's file. */
export const medusaConfigSchema = z
  .strictObject({
    ...addressShape,
    /** A secret API key of an admin user: `sk_...`. */
    secret: z.string().regex(/^[\x21-\x7e]{8,500}$/, "an API key"),
    /** Region and sales channel of the tills' orders; the region's currency is the tills'. */
    region: id,
    salesChannel: id,
    /** Shipping option under which goods are handed over; its profile is that of the tills' products. */
    shippingOption: id,
    /** `catalog`: item codes are SKUs of variants, whose stock moves. `ad-hoc`: lines bear names alone. */
    lines: z.enum(["catalog", "ad-hoc"]).default("ad-hoc"),
    /** `store-credit`: points are moved in the store credit accounts that `mapping.customers` names. `none`: they stay out. */
    points: z.enum(["none", "store-credit"]).default("none"),
    mapping: mappingSchema.default(emptyMapping),
  })
  .refine(isEncryptedOrPrivate, PLAIN_HTTP);
export type MedusaConfig = z.infer<typeof medusaConfigSchema>;
