import { createPrivateKey } from "node:crypto";
import { z } from "zod";
import type { ConnectorManifest } from "../connector.ts";
import { addressShape, isEncryptedOrPrivate, PLAIN_HTTP } from "../http/address.ts";
import { emptyMapping, mappingSchema } from "../mapping/mapping.ts";

export const manifest: ConnectorManifest = {
  kind: "netsuite",
  title: "Oracle NetSuite (journal entries over REST)",
  // An entry is written under its external id, and writing it again puts the same entry in its own place.
  repeatability: { by: "upsert", field: "externalId" },
  capabilities: { categories: ["sales"], lookUp: true, batchItemsMax: 1, needsCause: false },
};

const internalId = /^[1-9]\d{0,9}$/;

/** NetSuite signs machine clients in by an RSA or an EC key whose certificate was uploaded. */
function isSigningKey(pem: string): boolean {
  try {
    const { asymmetricKeyType: type, asymmetricKeyDetails: details } = createPrivateKey(pem);
    return (type === "rsa" && (details?.modulusLength ?? 0) >= 3_072) || (type === "ec" && details?.namedCurve === "prime256v1");
  } catch {
    return false;
  }
}

/** NetSuite's own fields of a destination's file. */
export const netsuiteConfigSchema = z
  .strictObject({
    ...addressShape,
    /** The integration record's client id. */
    clientId: z.string().min(1).max(200),
    /** Id of the certificate in the client credentials set-up. */
    certificateId: z.string().min(1).max(200),
    /** Private key to that certificate, PEM: RSA of 3,072 bits or more, or EC on P-256. */
    secret: z.string().max(10_000).refine(isSigningKey, "a private key in PEM: RSA of at least 3072 bits, or EC P-256"),
    /** Internal id of the subsidiary, in accounts that have several. */
    subsidiary: z.string().regex(internalId, "an internal id").optional(),
    /** Internal ids of currencies, by ISO code. */
    currencies: z.record(z.string().regex(/^[A-Z]{3}$/), z.string().regex(internalId, "an internal id")),
    mapping: mappingSchema.default(emptyMapping),
  })
  .refine(isEncryptedOrPrivate, PLAIN_HTTP)
  .superRefine(({ mapping }, context) => {
    for (const table of ["stores", "tenders", "taxes", "accounts"] as const)
      for (const [code, id] of Object.entries(mapping[table]))
        if (!internalId.test(id))
          context.addIssue({ code: "custom", path: ["mapping", table, code], message: "an internal id of NetSuite" });
  });
export type NetSuiteConfig = z.infer<typeof netsuiteConfigSchema>;
