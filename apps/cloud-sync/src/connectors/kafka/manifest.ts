import { z } from "zod";
import { categories } from "../../transactions/category.ts";
import type { ConnectorManifest } from "../connector.ts";
import { clientCertificateShape, refineClientCertificate } from "../tcp/client-certificate.ts";
import { isTlsOrPrivate, PLAIN_TCP, tcpShape } from "../tcp/tcp-address.ts";

/** Records on their way at once; those of one partition are one batch of Kafka's. */
export const BATCH_ITEMS_MAX = 500;

export const manifest: ConnectorManifest = {
  kind: "kafka",
  title: "Apache Kafka (CloudEvents)",
  // The consumer tells repeats by the header `tillsync-id`, which never changes for an item.
  repeatability: { by: "native-key" },
  capabilities: { categories: [...categories], lookUp: false, batchItemsMax: BATCH_ITEMS_MAX, needsCause: false },
};

const BROKERS_MAX = 20;
const NAME_CHARS_MAX = 255;

const brokerSchema = z.string().regex(/^([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]):[1-9][0-9]{0,4}$/, "HOST:PORT");

/** The connector's own fields of a destination's file. */
export const kafkaConfigSchema = z
  .strictObject({
    ...tcpShape,
    ...clientCertificateShape,
    /** `HOST:PORT` of some brokers; the others are heard of from them. */
    brokers: z.array(brokerSchema).min(1).max(BROKERS_MAX),
    topic: z
      .string()
      .max(249)
      .regex(/^[A-Za-z0-9._-]+$/)
      .refine((name) => name !== "." && name !== "..", "no topic's name"),
    compression: z.enum(["none", "gzip", "zstd"]).default("none"),
    /** How we log in; without it the brokers let anyone in, or know us by nothing. */
    sasl: z
      .strictObject({ mechanism: z.enum(["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]), user: z.string().min(1).max(NAME_CHARS_MAX) })
      // The client escapes the first comma of a name alone: brokers would take the others for parts of the log-in.
      .refine(({ mechanism, user }) => mechanism === "PLAIN" || user.split(",").length <= 2, {
        path: ["user"],
        message: "at most one comma with SCRAM",
      })
      .optional(),
    /** The user's password. */
    secret: z.string().min(1).max(1_000).optional(),
  })
  .refine(isTlsOrPrivate, PLAIN_TCP)
  .superRefine(refineClientCertificate)
  .refine((config) => (config.sasl === undefined) === (config.secret === undefined), {
    path: ["secret"],
    message: "sasl and secret come together",
  });
export type KafkaConfig = z.infer<typeof kafkaConfigSchema>;

export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
}

export function brokersOf(config: Pick<KafkaConfig, "brokers">): BrokerAddress[] {
  return config.brokers.map((text) => {
    const colon = text.lastIndexOf(":");
    return { host: text.slice(0, colon).replace(/^\[|\]$/g, ""), port: Number(text.slice(colon + 1)) };
  });
}
