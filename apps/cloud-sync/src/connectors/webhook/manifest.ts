import { z } from "zod";
import type { ConnectorManifest } from "../connector.ts";

export const manifest: ConnectorManifest = {
  kind: "webhook",
  title: "Signed webhook (Standard Webhooks, CloudEvents)",
  // The receiver tells repeats by `webhook-id`, which never changes for an item.
  repeatability: "native-key",
};

/** Standard Webhooks advises 15 to 30 s; a receiver that commits and then dawdles costs a repeat. */
const TIMEOUT_MS = 15_000;
const TIMEOUT_MAX_MS = 120_000;
/** As much of a header as servers commonly take. */
const HEADER_CHARS_MAX = 4_000;

const RESERVED = /^(webhook-.*|tillsync-.*|content-.*|host|connection|transfer-encoding|expect|upgrade)$/i;
const headerName = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,64}$/)
  .refine((name) => !RESERVED.test(name), "is set by Tillsync");

/** The webhook's own fields of a destination's file. */
export const webhookShape = {
  url: z.url({ protocol: /^https?$/ }).refine((url) => !new URL(url).username, "no credentials in the address: use headers"),
  /** Signing secret as in Standard Webhooks: `whsec_` and base64 of 24 to 64 bytes. */
  secret: z.string().regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/, "whsec_ and base64 of 24 to 64 bytes"),
  timeoutMs: z.number().int().min(100).max(TIMEOUT_MAX_MS).default(TIMEOUT_MS),
  /** Lets the address be on this machine or its network, and be plain http. */
  allowPrivateNetwork: z.boolean().default(false),
  /** Sent with every request; sealed like the secret, since tokens go here. */
  headers: z.record(headerName, z.string().max(HEADER_CHARS_MAX)).default({}),
  /** Statuses by which this receiver says that it has the item already. */
  duplicateStatuses: z.array(z.number().int().min(400).max(499)).max(5).default([]),
};

export const webhookConfigSchema = z
  .strictObject(webhookShape)
  .refine((config) => config.allowPrivateNetwork || config.url.startsWith("https:"), {
    path: ["url"],
    message: "plain http needs allowPrivateNetwork",
  });
export type WebhookConfig = z.infer<typeof webhookConfigSchema>;
