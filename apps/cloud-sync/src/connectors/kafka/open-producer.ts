import { isIP } from "node:net";
import { Producer, type ProducerOptions } from "@platformatic/kafka";
import { guardedLookup } from "../address-guard.ts";
import { refusedHost, tlsOptions } from "../tcp/tcp-address.ts";
import { logInOf } from "./log-in.ts";
import { brokersOf, type KafkaConfig } from "./manifest.ts";

const CONNECT_MAX_MS = 5_000;
/** The client tries again by itself, under the same sequence numbers: a new leader takes a second or some. */
const RETRY_DELAY_MS = 200;
/** Of the deadline: it ends before that, so that the reason is told. */
const RETRY_SHARE = 0.6;
/** Asking for the topic: enough for a broker that is just gone, few enough to say soon that it is not there. */
export const METADATA_RETRIES = 3;

/** What a line asks of the client. */
export type ByteProducer = Pick<Producer, "metadata" | "send" | "close">;

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
  };
  if (tls !== false) {
    // Names that brokers advertise go through the guard as well: it sits in the connection.
    const { servername: _each, ...common } = tls;
    options.tls = { ...common, ...(config.allowPrivateNetwork ? {} : { lookup: guardedLookup() }) };
    // By name; a certificate for an address is checked without it.
    options.tlsServerName = brokers.every(({ host }) => isIP(host) === 0);
  }
  const logIn = logInOf(config);
  if (logIn !== undefined) options.sasl = logIn;
  return tellingWhy(options);
}

/**
 * The client says neither of two things by itself. Why a broker ended a connection that stood already: TLS 1.3 refuses a
 * client's certificate only then, and what waited on it hears of the end alone. And that its very first question fails
 * again and again: it repeats that as often as a produce, for longer than our deadline. Here `metadata` rejects with both
 * after `METADATA_RETRIES`.
 */
function tellingWhy(options: ProducerOptions<Buffer, Buffer, Buffer, Buffer>): ByteProducer {
  const refused = Promise.withResolvers<never>();
  refused.promise.catch(() => undefined);
  let last: Error | undefined;
  const retryDelay = (_: unknown, operation: string, attempt: number, _most: number, error: Error): number => {
    if (operation === "listApis" && attempt > METADATA_RETRIES)
      refused.reject(new AggregateError(last === undefined ? [error] : [error, last], "no broker tells what it can do"));
    return RETRY_DELAY_MS;
  };
  const producer = new Producer({ ...options, retryDelay });
  producer.connections.on("connecting", ({ connection }) => {
    connection.on("error", (error) => {
      last = error;
    });
  });
  return {
    metadata: (asked: Parameters<Producer["metadata"]>[0]) => Promise.race([producer.metadata(asked), refused.promise]),
    send: producer.send.bind(producer),
    close: producer.close.bind(producer),
  };
}

/** A broker that told of an address of this machine or its network, where that is not allowed. */
export const refusedBroker = (config: KafkaConfig, brokers: Iterable<{ host: string }>): string | undefined =>
  refusedHost(
    [...brokers].map(({ host }) => host),
    config,
  );
