import { z } from "zod";
import type { ConnectorManifest } from "../connector.ts";
import { addressShape, isEncryptedOrPrivate, PLAIN_HTTP } from "../http/address.ts";

export const manifest: ConnectorManifest = {
  kind: "shipengine",
  title: "ShipEngine (labels of orders that shops send)",
  // A label has no key of ours: those of the shipment are counted before one is bought.
  repeatability: { by: "lookup-first" },
  capabilities: { categories: ["order-status"], lookUp: true, batchItemsMax: 1, needsCause: false },
};

/** The connector's own fields of a destination's file. */
export const shipengineConfigSchema = z
  .strictObject({
    ...addressShape,
    url: addressShape.url.default("https://api.shipengine.com"),
    /** API key of the account or of one seller. */
    secret: z.string().regex(/^[\x21-\x7e]{8,500}$/, "an API key"),
    /** The step at which the label is bought. */
    labelAt: z.enum(["confirmed", "inProduction", "picked", "fulfilled"]).default("picked"),
    /** Only orders of this system are shipped this way; without it all are. */
    system: z.string().min(1).max(100).optional(),
  })
  .refine(isEncryptedOrPrivate, PLAIN_HTTP);
export type ShipengineConfig = z.infer<typeof shipengineConfigSchema>;
