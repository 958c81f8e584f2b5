import { z } from "zod";
import type { ConnectorManifest } from "../connector.ts";
import { addressShape, isEncryptedOrPrivate, PLAIN_HTTP } from "../http/address.ts";
import { emptyMapping, mappingSchema } from "../mapping/mapping.ts";

export const manifest: ConnectorManifest = {
  kind: "commercetools",
  title: "commercetools (imported orders, payments and returns)",
  // Order numbers and payment keys are unique in a project; updates bear the version that they were made for.
  repeatability: { by: "unique-reject", field: "orderNumber" },
  capabilities: { categories: ["sales"], lookUp: true, batchItemsMax: 1, needsCause: true },
};

/** The connector's own fields of a destination's file. */
export const commercetoolsConfigSchema = z
  .strictObject({
    ...addressShape,
    /** Where tokens are given: `https://auth.{region}.commercetools.com`. */
    authUrl: addressShape.url,
    projectKey: z.string().regex(/^[A-Za-z0-9_-]{2,36}$/),
    /** Id and secret of an API client with `manage_orders` and `manage_payments`. */
    clientId: z.string().min(1).max(200),
    secret: z.string().min(1).max(2_000),
    /** `catalog`: item codes are SKUs of the project's products. `ad-hoc`: lines bear names alone. */
    lines: z.enum(["catalog", "ad-hoc"]).default("ad-hoc"),
    /** In which names are told. */
    locale: z
      .string()
      .regex(/^[a-z]{2}(-[A-Z]{2})?$/)
      .default("en"),
    mapping: mappingSchema.default(emptyMapping),
  })
  .refine(isEncryptedOrPrivate, PLAIN_HTTP)
  .refine(({ authUrl, allowPrivateNetwork }) => isEncryptedOrPrivate({ url: authUrl, allowPrivateNetwork }), {
    ...PLAIN_HTTP,
    path: ["authUrl"],
  });
export type CommercetoolsConfig = z.infer<typeof commercetoolsConfigSchema>;
