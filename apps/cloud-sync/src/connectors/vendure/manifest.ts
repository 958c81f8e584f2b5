import { z } from "zod";
import type { ConnectorManifest } from "../connector.ts";
import { addressShape, isEncryptedOrPrivate, PLAIN_HTTP } from "../http/address.ts";
import { emptyMapping, mappingSchema } from "../mapping/mapping.ts";

export const manifest: ConnectorManifest = {
  kind: "vendure",
  title: "Vendure 3 (OMS)",
  // Unique in Vendure's database by the custom fields of docs/connectors/vendure.md; a second one is refused there.
  repeatability: { by: "unique-reject", field: "posReference" },
  capabilities: {
    categories: ["sales", "order-status", "inventory"],
    lookUp: true,
    batchItemsMax: 1,
    needsCause: true,
  },
};

const code = z.string().min(1).max(200);

/** Vendure's own fields of a destination's file. */
export const vendureConfigSchema = z
  .strictObject({
    ...addressShape,
    /** An API key of Vendure: `lookup:secret`. */
    secret: z.string().regex(/^[\x21-\x7e]{8,500}$/, "an API key"),
    /** Token of the channel that tills sell in; undefined: the default channel. */
    channel: z
      .string()
      .regex(/^[\x21-\x7e]{1,200}$/, "a channel's token")
      .optional(),
    /** Code of the payment method whose handler is `till`. */
    paymentMethod: code,
    /** Code of the shipping method of goods that are carried out. */
    shippingMethod: code,
    /** Where the stores stand: Vendure wants an address for every order. */
    countryCode: z.string().regex(/^[A-Z]{2}$/),
    /** Goods were carried out of the store: an order is fulfilled and delivered when it is posted. */
    fulfil: z.boolean().default(true),
    /** How stores call Vendure where they tell of its orders; steps of orders of other systems are left alone. */
    orderSystem: code.optional(),
    mapping: mappingSchema.default(emptyMapping),
  })
  .refine(isEncryptedOrPrivate, PLAIN_HTTP);
export type VendureConfig = z.infer<typeof vendureConfigSchema>;
