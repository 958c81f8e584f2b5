import { z } from "zod";
import type { ConnectorManifest } from "../connector.ts";
import { addressShape, isEncryptedOrPrivate, PLAIN_HTTP } from "../http/address.ts";
import { emptyMapping, mappingSchema } from "../mapping/mapping.ts";

export const manifest: ConnectorManifest = {
  kind: "business-central",
  title: "Dynamics 365 Business Central (sales invoices and credit memos)",
  // Documents are numbered by Business Central: ours are found by their external document number.
  repeatability: { by: "lookup-first" },
  capabilities: { categories: ["sales"], lookUp: true, batchItemsMax: 1, needsCause: false },
};

/** Business Central's own fields of a destination's file. */
export const businessCentralConfigSchema = z
  .strictObject({
    ...addressShape,
    /** Where tokens are given: `https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token`. */
    tokenUrl: addressShape.url,
    clientId: z.string().min(1).max(200),
    secret: z.string().min(1).max(2_000),
    scope: z.string().min(1).max(200).default("https://api.businesscentral.dynamics.com/.default"),
    /** Id of the company. */
    company: z.uuid(),
    mapping: mappingSchema.default(emptyMapping),
  })
  .refine(isEncryptedOrPrivate, PLAIN_HTTP)
  .refine(({ tokenUrl, allowPrivateNetwork }) => isEncryptedOrPrivate({ url: tokenUrl, allowPrivateNetwork }), {
    ...PLAIN_HTTP,
    path: ["tokenUrl"],
  });
export type BusinessCentralConfig = z.infer<typeof businessCentralConfigSchema>;
