import { z } from "zod";
import { categories } from "../../transactions/category.ts";
import type { ConnectorManifest } from "../connector.ts";
import { clientCertificateShape, refineClientCertificate } from "../tcp/client-certificate.ts";
import { isTlsOrPrivate, PLAIN_TCP, tcpShape } from "../tcp/tcp-address.ts";

/** Messages that wait for their confirmation at once. A broker confirms some hundred in a few milliseconds. */
export const BATCH_ITEMS_MAX = 500;

export const manifest: ConnectorManifest = {
  kind: "rabbitmq",
  title: "RabbitMQ (AMQP 0-9-1, CloudEvents)",
  // The consumer tells repeats by `message-id`, which never changes for an item.
  repeatability: { by: "native-key" },
  capabilities: { categories: [...categories], lookUp: false, batchItemsMax: BATCH_ITEMS_MAX, needsCause: false },
};

/** AMQP's short strings. */
const NAME_BYTES_MAX = 255;
const URLS_MAX = 9;

export const PLACEHOLDER = /\{(\w+)\}/g;
export const placeholders = ["store", "terminal", "type"] as const;
const isKnown = (template: string): boolean =>
  [...template.matchAll(PLACEHOLDER)].every(([, name]) => (placeholders as readonly string[]).includes(name ?? ""));

const urlSchema = z
  .url({ protocol: /^amqp$/, abort: true })
  .refine(
    (url) => new URL(url).username === "" && new URL(url).password === "",
    "no credentials in the address: they go into user and secret",
  )
  .refine((url) => new URL(url).hostname !== "", "names the broker")
  .refine((url) => new URL(url).search === "" && new URL(url).hash === "", "no parameters")
  .refine((url) => new URL(url).pathname.split("/").length <= 2, "one virtual host");

/** The connector's own fields of a destination's file. */
export const rabbitmqConfigSchema = z
  .strictObject({
    ...tcpShape,
    ...clientCertificateShape,
    /** `amqp://HOST:PORT/VHOST`, one for each node of the cluster. Whether it is TLS says `tls`. */
    urls: z.array(urlSchema).min(1).max(URLS_MAX),
    user: z.string().min(1).max(NAME_BYTES_MAX),
    /** The user's password. */
    secret: z.string().min(1).max(1_000),
    /** Must be there. Empty: the default exchange, whose routing key is a queue's name. */
    exchange: z.string().max(NAME_BYTES_MAX).default("tillsync"),
    /** May hold `{store}`, `{terminal}`, `{type}`. */
    routingKey: z
      .string()
      .max(NAME_BYTES_MAX)
      .refine(isKnown, `only ${placeholders.join(", ")} in braces`)
      .default("transaction.{store}"),
  })
  .refine(isTlsOrPrivate, PLAIN_TCP)
  .superRefine(refineClientCertificate);
export type RabbitmqConfig = z.infer<typeof rabbitmqConfigSchema>;
