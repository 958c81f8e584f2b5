import type { ConnectorPorts, DeliveryItem, ProbeResult, SendResult } from "../connector.ts";
import { eventOf } from "../events/transaction-event.ts";
import { sendInWaves, type Message } from "../events/send-in-waves.ts";
import { requestTimeoutMs } from "../send-time.ts";
import { ADDRESS_REFUSED } from "../tcp/tcp-address.ts";
import { within } from "../tcp/within.ts";
import { classifyError, isTooLarge, type Fault } from "./classify-error.ts";
import { METADATA_RETRIES, openProducer, refusedBroker, type ByteProducer } from "./open-producer.ts";
import type { KafkaConfig } from "./manifest.ts";
import { partitionOf, recordOf, sizeOf, type KafkaRecord } from "./record.ts";

const PERMIT_WAIT_MS = 10_000;
/** Kafka's limit holds for a batch, not for a record: by default 1 MiB. A record that is larger goes alone. */
export const BATCH_BYTES_MAX = 900_000;

/** One line's producer; replaced after a time-out, since nobody knows what the old one still has on its way. */
export interface ProducerLine {
  readonly config: KafkaConfig;
  readonly ports: ConnectorPorts;
  readonly open: () => ByteProducer;
  current: ByteProducer | undefined;
  isClosed: boolean;
  /** What is under way for each partition: its next batch waits, so that no batch overtakes one that is tried again. */
  readonly tails: Map<number, Promise<void>>;
}

export function openProducerLine(config: KafkaConfig, ports: ConnectorPorts, open = openProducer): ProducerLine {
  let opened = 0;
  return { config, ports, open: () => open(config, opened++), current: undefined, isClosed: false, tails: new Map() };
}

/** Produces items, each key's one after the other; delivered is what all replicas in sync have. */
export const produceItems = (line: ProducerLine, items: readonly DeliveryItem[]): Promise<SendResult[]> =>
  sendInWaves(
    items,
    (item) => Buffer.from(JSON.stringify(eventOf(item))),
    (wave) => produceWave(line, wave),
  );

async function produceWave(line: ProducerLine, wave: readonly Message[]): Promise<SendResult[]> {
  const { ports } = line;
  if (!(await ports.permit(PERMIT_WAIT_MS))) return wave.map(() => ({ kind: "theirs", detail: "waits for the rate limit" }));
  if (line.isClosed) return wave.map(() => ({ kind: "theirs", detail: "not tried: the line is closed" }));
  const producer = (line.current ??= line.open());
  const topic = await askTopic(line, producer);
  if ("kind" in topic) return wave.map(() => topic);
  const { partitions } = topic;
  const results = new Map<Message, SendResult>();
  const byPartition = Map.groupBy(wave, ({ item }) => partitionOf(item, partitions));
  // One request for each partition: when a leader is lost, its partitions come to different brokers.
  await Promise.all([...byPartition].map(([partition, messages]) => producePartition(line, producer, { partition, messages, results })));
  ports.noteRate({ kind: "answered" });
  return wave.map((message) => results.get(message) ?? { kind: "theirs", detail: "not tried: those before it were not taken" });
}

/** How the topic is laid out, by what the client knows or asks for now. */
async function askTopic(
  line: ProducerLine,
  producer: ByteProducer,
): Promise<Fault | { readonly partitions: number; readonly brokers: number }> {
  const { config, ports } = line;
  try {
    const asked = producer.metadata({ topics: [config.topic], retries: METADATA_RETRIES });
    const { brokers, topics } = await within(ports, requestTimeoutMs(config.timeoutMs), asked);
    if (refusedBroker(config, brokers.values()) !== undefined) return ADDRESS_REFUSED;
    const partitions = topics.get(config.topic)?.partitionsCount ?? 0;
    return partitions === 0 ? { kind: "set-up", detail: "the topic has no partition" } : { partitions, brokers: brokers.size };
  } catch (error) {
    replaceProducer(line, producer);
    return classifyError(error, false);
  }
}

/** Logs in and asks for the topic. Whether it may be written to, only a record tells. */
export async function probeTopic(line: ProducerLine): Promise<ProbeResult> {
  const topic = await askTopic(line, (line.current ??= line.open()));
  if ("kind" in topic) return topic;
  return { kind: "ready", detail: `topic ${line.config.topic}: ${topic.partitions} partitions, ${topic.brokers} brokers` };
}

interface PartitionWork {
  readonly partition: number;
  readonly messages: readonly Message[];
  readonly results: Map<Message, SendResult>;
}

/** Takes the partition's turn, then sends its records in as few batches as fit. */
async function producePartition(line: ProducerLine, producer: ByteProducer, work: PartitionWork): Promise<void> {
  const before = line.tails.get(work.partition);
  const turn = (async (): Promise<void> => {
    await before;
    for (const batch of batches(work.messages)) if (!(await produceBatch(line, producer, work, batch))) return;
  })();
  line.tails.set(work.partition, turn);
  await turn;
}

interface Entry {
  readonly message: Message;
  readonly record: KafkaRecord;
}

function* batches(messages: readonly Message[]): Generator<readonly Entry[]> {
  let batch: Entry[] = [];
  let bytes = 0;
  for (const message of messages) {
    const record = recordOf(message);
    if (batch.length > 0 && bytes + sizeOf(record) > BATCH_BYTES_MAX) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push({ message, record });
    bytes += sizeOf(record);
  }
  if (batch.length > 0) yield batch;
}

/** True when the partition's next batch may go. A batch over the broker's own limit is halved until it fits, or one record is refused. */
async function produceBatch(line: ProducerLine, producer: ByteProducer, work: PartitionWork, batch: readonly Entry[]): Promise<boolean> {
  const fault = await produceOnce(line, producer, work.partition, batch);
  if (fault !== undefined && isTooLarge(fault) && batch.length > 1) {
    const middle = batch.length >> 1;
    return (
      (await produceBatch(line, producer, work, batch.slice(0, middle))) && (await produceBatch(line, producer, work, batch.slice(middle)))
    );
  }
  for (const { message } of batch) work.results.set(message, fault ?? { kind: "delivered" });
  return fault === undefined || isTooLarge(fault);
}

async function produceOnce(
  line: ProducerLine,
  producer: ByteProducer,
  partition: number,
  batch: readonly Entry[],
): Promise<Fault | undefined> {
  const { config, ports } = line;
  // Replaced while it waited for its turn: nothing of this batch has left.
  if (line.current !== producer) return { kind: "theirs", detail: "not tried: the producer was replaced" };
  const messages = batch.map(({ record }) => ({ ...record, topic: config.topic, partition }));
  try {
    await within(ports, requestTimeoutMs(config.timeoutMs), producer.send({ messages }));
    return undefined;
  } catch (error) {
    const fault = classifyError(error, true);
    if (fault.kind === "uncertain") replaceProducer(line, producer);
    return fault;
  }
}

/** Closes its connections: what it still tries must not go on behind the back of the items' next attempts. */
function replaceProducer(line: ProducerLine, producer: ByteProducer): void {
  if (line.current === producer) line.current = undefined;
  closeProducer(producer);
}

const closeProducer = (producer: ByteProducer): void => void producer.close(true).catch(() => undefined);

/** Cuts the connections; what is under way ends as uncertain. */
export function closeLine(line: ProducerLine): void {
  line.isClosed = true;
  if (line.current !== undefined) replaceProducer(line, line.current);
}
