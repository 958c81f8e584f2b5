import { z } from "zod";
import type { ConnectorManifest } from "../connector.ts";
import { addressShape, isEncryptedOrPrivate, PLAIN_HTTP } from "../http/address.ts";
import { emptyMapping, mappingSchema } from "../mapping/mapping.ts";

export const manifest: ConnectorManifest = {
  kind: "erpnext",
  title: "ERPNext (POS sales invoices and returns)",
  // Invoices are named by a series of ERPNext's own: ours are found by a custom field.
  repeatability: { by: "lookup-first" },
  capabilities: { categories: ["sales"], lookUp: true, batchItemsMax: 1, needsCause: true },
};

/** ERPNext's own fields of a destination's file. */
export const erpnextConfigSchema = z
  .strictObject({
    ...addressShape,
    /** API key and secret of a user with the role Accounts User: `key:secret`. */
    secret: z.string().regex(/^[\x21-\x39\x3b-\x7e]{4,200}:[\x21-\x7e]{4,200}$/, "key:secret"),
    company: z.string().min(1).max(140),
    /** Custom field of Sales Invoice that bears our reference. */
    referenceField: z
      .string()
      .regex(/^[a-z][a-z0-9_]{1,60}$/)
      .default("tillsync_reference"),
    /** Invoices move the stock of the POS profile's warehouse. */
    updateStock: z.boolean().default(true),
    /** Returns name the invoice that they are of, which ERPNext then checks quantities against. */
    linkReturns: z.boolean().default(true),
    mapping: mappingSchema.default(emptyMapping),
  })
  .refine(isEncryptedOrPrivate, PLAIN_HTTP);
export type ErpnextConfig = z.infer<typeof erpnextConfigSchema>;
