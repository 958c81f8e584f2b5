import { z } from "zod";
import type { ConnectorManifest } from "../connector.ts";
import { addressShape, isEncryptedOrPrivate, PLAIN_HTTP } from "../http/address.ts";
import { emptyMapping, mappingSchema } from "../mapping/mapping.ts";

export const manifest: ConnectorManifest = {
  kind: "klaviyo",
  title: "Klaviyo (events and profiles)",
  // An event whose id is repeated for its profile and metric is recorded once; profiles are upserts by our id.
  repeatability: { by: "native-key" },
  capabilities: { categories: ["sales", "members"], lookUp: false, batchItemsMax: 1, needsCause: false },
};

/** Klaviyo refuses names of 128 characters. */
const metric = z.string().min(1).max(127);

/** The connector's own fields of a destination's file. */
export const klaviyoConfigSchema = z
  .strictObject({
    ...addressShape,
    url: addressShape.url.default("https://a.klaviyo.com"),
    /** Private API key with `events:write` and `profiles:write`. */
    secret: z.string().min(1).max(2_000),
    /** Names of the metrics under which events are counted. */
    metrics: z
      .strictObject({
        sale: metric.default("Store Sale"),
        return: metric.default("Store Return"),
        saleTakenBack: metric.default("Store Sale Taken Back"),
        returnTakenBack: metric.default("Store Return Taken Back"),
      })
      .prefault({}),
    mapping: mappingSchema.default(emptyMapping),
  })
  .refine(isEncryptedOrPrivate, PLAIN_HTTP)
  .refine(({ metrics }) => new Set(Object.values(metrics)).size === Object.keys(metrics).length, {
    path: ["metrics"],
    message: "each metric needs a name of its own",
  });
export type KlaviyoConfig = z.infer<typeof klaviyoConfigSchema>;
