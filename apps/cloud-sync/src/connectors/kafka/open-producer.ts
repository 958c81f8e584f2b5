import { isIP } from "node:net";
import { Producer, type ProducerOptions } from "@platformatic/kafka";
import { guardedLookup } from "../address-guard.ts";
import { refusedHost, tlsOptions } from "../tcp/tcp-address.ts";
import { brokersOf, type KafkaConfig } from "./manifest.ts";

const CONNECT_MAX_MS = 5_000;
/** The client tries again by itself, under the same sequence numbers: a new leader takes a second or some. */
const RETRY_DELAY_MS = 200;
/** Of the deadline: it ends before that, so that the reason is told. */
const RETRY_SHARE = 0.6;
/** Asking for the topic: enough for a broker that is just gone, few enough to say soon that it is not there. */
export const METADATA_RETRIES = 3;

export type ByteProducer = Producer;

/** An idempotent producer: acknowledged by all replicas in sync, and its own repeats are dropped by the brokers. `nth` of its line, from 0. */
export function openProducer(config: KafkaConfig, nth: number): ByteProducer {
  const all = brokersOf(config);
  // A broker that hangs still takes connections: each new producer asks another one first.
  const brokers = [...all.slice(nth % all.length), ...all.slice(0, nth % all.length)];
  const tls = tlsOptions(config, brokers[0]?.host ?? "");
  const options: ProducerOptions<Buffer, Buffer, Buffer, Buffer> = {
    clientId: "tillsync",
    bootstrapBrokers: brokers.map(({ host, port }) => ({ host, port })),
    idempotent: true,
    acks: -1,
    autocreateTopics: false,
    compression: config.compression,
    timeout: config.timeoutMs,
    requestTimeout: config.timeoutMs,
    connectTimeout: Math.min(CONNECT_MAX_MS, config.timeoutMs),
    retries: Math.max(2, Math.floor((config.timeoutMs * RETRY_SHARE) / RETRY_DELAY_MS)),
    retryDelay: RETRY_DELAY_MS,
  };
  if (tls !== false) {
    // Names that brokers advertise go through the guard as well: it sits in the connection.
    const { servername: _each, ...common } = tls;
    options.tls = { ...common, ...(config.allowPrivateNetwork ? {} : { lookup: guardedLookup() }) };
    // By name; a certificate for an address is checked without it.
    options.tlsServerName = brokers.every(({ host }) => isIP(host) === 0);
  }
  if (config.sasl !== undefined)
    options.sasl = { mechanism: config.sasl.mechanism, username: config.sasl.user, password: config.secret ?? "" };
  return new Producer(options);
}

/** A broker that told of an address of this machine or its network, where that is not allowed. */
export const refusedBroker = (config: KafkaConfig, brokers: Iterable<{ host: string }>): string | undefined =>
  refusedHost(
    [...brokers].map(({ host }) => host),
    config,
  );
