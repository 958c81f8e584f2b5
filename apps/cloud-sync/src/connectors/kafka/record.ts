import { compatibilityPartitioner } from "@platformatic/kafka";
import type { DeliveryItem } from "../connector.ts";
import type { Message } from "../events/send-in-waves.ts";
import { eventOf } from "../events/transaction-event.ts";

export interface KafkaRecord {
  readonly key: Buffer;
  readonly value: Buffer;
  readonly headers: Map<Buffer, Buffer>;
}

const CONTENT_TYPE: [Buffer, Buffer] = [Buffer.from("content-type"), Buffer.from("application/cloudevents+json")];

/**
 * The same for every attempt of an item, except that a replay is marked. No timestamp: the broker's retention counts from
 * it, and a receipt of last month must not be thrown away on arrival.
 */
export function recordOf({ item, body }: Message): KafkaRecord {
  const event = eventOf(item);
  const header = (name: string, value: string): [Buffer, Buffer] => [Buffer.from(name), Buffer.from(value)];
  return {
    key: keyOf(item),
    value: body,
    headers: new Map([
      CONTENT_TYPE,
      header("tillsync-id", item.identity),
      header("tillsync-sequence", event.sequence),
      header("tillsync-revision", String(item.revision)),
      ...(item.replay ? [header("tillsync-replay", "true")] : []),
    ]),
  };
}

export const keyOf = (item: DeliveryItem): Buffer => Buffer.from(item.orderingKey);

/** As Java's producers choose it, so that others who write the same keys meet them in the same partition. */
export const partitionOf = (item: DeliveryItem, partitions: number): number =>
  compatibilityPartitioner(undefined as never, keyOf(item)) % partitions;

/** What a record takes in a batch, about: its frame and its headers' names besides what it carries. */
export const sizeOf = ({ key, value }: KafkaRecord): number => key.length + value.length + 250;
