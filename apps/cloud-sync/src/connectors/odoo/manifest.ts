import { z } from "zod";
import type { ConnectorManifest } from "../connector.ts";
import { addressShape, isEncryptedOrPrivate, PLAIN_HTTP } from "../http/address.ts";
import { emptyMapping, mappingSchema } from "../mapping/mapping.ts";

export const manifest: ConnectorManifest = {
  kind: "odoo",
  title: "Odoo 19 (journal entries over JSON-2)",
  // An entry's reference is a field that Odoo lets be searched, and does not keep unique.
  repeatability: { by: "lookup-first" },
  capabilities: { categories: ["sales"], lookUp: true, batchItemsMax: 1, needsCause: false },
};

const ids = /^[1-9]\d{0,9}$/;

/** Odoo's own fields of a destination's file. */
export const odooConfigSchema = z
  .strictObject({
    ...addressShape,
    /** API key of a user who may post journal entries. */
    secret: z.string().regex(/^[\x21-\x7e]{8,500}$/, "an API key"),
    /** Needed where one host serves several databases. */
    database: z
      .string()
      .regex(/^[\w.-]{1,100}$/)
      .optional(),
    mapping: mappingSchema.default(emptyMapping),
  })
  .refine(isEncryptedOrPrivate, PLAIN_HTTP)
  .superRefine(({ mapping }, context) => {
    for (const table of ["stores", "tenders", "taxes", "accounts"] as const)
      for (const [code, id] of Object.entries(mapping[table]))
        if (!ids.test(id)) context.addIssue({ code: "custom", path: ["mapping", table, code], message: "the id of a record in Odoo" });
  });
export type OdooConfig = z.infer<typeof odooConfigSchema>;
