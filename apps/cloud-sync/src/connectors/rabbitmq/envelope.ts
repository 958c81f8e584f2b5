import type { Envelope } from "rabbitmq-client";
import type { DeliveryItem } from "../connector.ts";
import { eventOf, type TransactionEvent } from "../events/transaction-event.ts";
import { PLACEHOLDER, type RabbitmqConfig } from "./manifest.ts";

/** AMQP's limit. */
export const ROUTING_KEY_BYTES_MAX = 255;

/** What is put into a routing key is one word of it, whatever a store is called. */
const word = (text: string): string => text.replaceAll(/[^A-Za-z0-9_-]/g, "_");

export function routingKeyOf(item: DeliveryItem, config: RabbitmqConfig): string {
  const values: Record<string, string> = {
    store: item.store,
    terminal: item.terminal,
    type: config.routingKey.includes("{type}") ? item.transaction.transactionType : "",
  };
  return config.routingKey.replaceAll(PLACEHOLDER, (_, name: string) => word(values[name] ?? ""));
}

/** The same for every attempt of an item, except that a replay is marked. Persistent, and returned when no queue takes it. */
export const envelopeOf = (item: DeliveryItem, config: RabbitmqConfig): Envelope => ({
  exchange: config.exchange,
  routingKey: routingKeyOf(item, config),
  mandatory: true,
  durable: true,
  messageId: item.identity,
  contentType: "application/cloudevents+json",
  appId: "tillsync",
  timestamp: Math.floor(item.receivedAtMs / 1_000),
  headers: headersOf(item),
});

function headersOf(item: DeliveryItem): Record<string, string | number | boolean> {
  const event: TransactionEvent = eventOf(item);
  return {
    "tillsync-key": event.partitionkey,
    "tillsync-sequence": event.sequence,
    "tillsync-revision": item.revision,
    ...(item.replay ? { "tillsync-replay": true } : {}),
  };
}
