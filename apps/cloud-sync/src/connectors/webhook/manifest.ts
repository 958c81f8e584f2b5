import { z } from "zod";
import { categories } from "../../transactions/category.ts";
import type { ConnectorManifest } from "../connector.ts";
import { addressShape, isEncryptedOrPrivate, PLAIN_HTTP } from "../http/address.ts";

export const manifest: ConnectorManifest = {
  kind: "webhook",
  title: "Signed webhook (Standard Webhooks, CloudEvents)",
  // The receiver tells repeats by `webhook-id`, which never changes for an item.
  repeatability: { by: "native-key" },
  capabilities: {
    categories: [...categories],
    lookUp: false,
    batchItemsMax: 1,
    needsCause: false,
  },
};

/** As much of a header as servers commonly take. */
const HEADER_CHARS_MAX = 4_000;

const RESERVED = /^(webhook-.*|tillsync-.*|content-.*|host|connection|transfer-encoding|expect|upgrade)$/i;
const headerName = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,64}$/)
  .refine((name) => !RESERVED.test(name), "is set by Tillsync");

/** The webhook's own fields of a destination's file. */
export const webhookShape = {
  ...addressShape,
  /** Signing secret as in Standard Webhooks: `whsec_` and base64 of 24 to 64 bytes. */
  secret: z.string().regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/, "whsec_ and base64 of 24 to 64 bytes"),
  /** Sent with every request; sealed like the secret, since tokens go here. */
  headers: z.record(headerName, z.string().max(HEADER_CHARS_MAX)).default({}),
  /** Statuses by which this receiver says that it has the item already. */
  duplicateStatuses: z.array(z.number().int().min(400).max(499)).max(5).default([]),
};

export const webhookConfigSchema = z.strictObject(webhookShape).refine(isEncryptedOrPrivate, PLAIN_HTTP);
export type WebhookConfig = z.infer<typeof webhookConfigSchema>;
