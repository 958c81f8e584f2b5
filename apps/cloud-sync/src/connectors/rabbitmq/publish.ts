import type { ConnectorPorts, DeliveryItem, SendResult } from "../connector.ts";
import { eventOf } from "../events/transaction-event.ts";
import { sendInWaves, type Message } from "../events/send-in-waves.ts";
import { requestTimeoutMs } from "../send-time.ts";
import { DeadlinePassed, within } from "../tcp/within.ts";
import { classifyOpening, classifyPublishing } from "./classify-error.ts";
import { envelopeOf, ROUTING_KEY_BYTES_MAX, routingKeyOf } from "./envelope.ts";
import { PLACEHOLDER, type RabbitmqConfig } from "./manifest.ts";
import type { Broker, Lease } from "./open-broker.ts";

const PERMIT_WAIT_MS = 10_000;

export interface BrokerLine {
  readonly config: RabbitmqConfig;
  readonly broker: Broker;
  readonly ports: ConnectorPorts;
}

/** Publishes items, each key's one after the other; delivered is what the broker confirmed and did not return. */
export const publishItems = (line: BrokerLine, items: readonly DeliveryItem[]): Promise<SendResult[]> =>
  sendInWaves(
    items,
    (item) => Buffer.from(JSON.stringify(eventOf(item))),
    (wave) => publishWave(line, wave),
  );

async function publishWave(line: BrokerLine, wave: readonly Message[]): Promise<SendResult[]> {
  if (!(await line.ports.permit(PERMIT_WAIT_MS))) return wave.map(() => ({ kind: "theirs", detail: "waits for the rate limit" }));
  let lease: Lease;
  try {
    lease = await line.broker.lease();
  } catch (error) {
    const fault = classifyOpening(error);
    return wave.map(() => fault);
  }
  const results = await publishOn(line, lease, wave);
  lease.release();
  line.ports.noteRate({ kind: "answered" });
  // A channel that closes over one message does not say which: each that is open goes again by itself.
  const closedOver = wave.length > 1 && results.some((result) => result.kind === "rejected" && result.detail.startsWith("AMQP"));
  return closedOver ? publishSingly(line, wave, results) : results;
}

async function publishSingly(line: BrokerLine, wave: readonly Message[], before: readonly SendResult[]): Promise<SendResult[]> {
  const results: SendResult[] = [];
  for (const [i, message] of wave.entries()) {
    const known = before[i];
    results.push(...(known?.kind === "delivered" ? [known] : await publishWave(line, [message])));
  }
  return results;
}

async function publishOn(line: BrokerLine, lease: Lease, wave: readonly Message[]): Promise<SendResult[]> {
  const { config, ports } = line;
  const outcomes = wave.map((): SendResult => ({ kind: "uncertain", detail: "no confirmation within the deadline" }));
  const publishing = wave.map(async ({ item, body }, i) => {
    if (Buffer.byteLength(routingKeyOf(item, config)) > ROUTING_KEY_BYTES_MAX) {
      outcomes[i] = { kind: "rejected", detail: `routing key over ${ROUTING_KEY_BYTES_MAX} bytes` };
      return;
    }
    try {
      await lease.channel.basicPublish(envelopeOf(item, config), body);
      outcomes[i] = { kind: "delivered" };
    } catch (error) {
      outcomes[i] = classifyPublishing(error);
    }
  });
  try {
    await within(ports, requestTimeoutMs(config.timeoutMs), Promise.all(publishing));
  } catch (error) {
    // What lies unsent in the connection must not go out behind the back of the item's next attempt.
    lease.cut();
    if (!(error instanceof DeadlinePassed)) throw error;
  }
  // The client tells of a return later than of the confirmation that came after it.
  await new Promise((resolve) => setImmediate(resolve));
  const setUp = outcomes.find((result) => result.kind === "set-up");
  return outcomes.map((result, i) => {
    const item = wave[i]?.item;
    if (item !== undefined && lease.returned.has(item.identity)) return unroutable(item, config);
    // The broker closed the channel over the set-up: the rest of the wave met the same, or is dropped as a repeat.
    return result.kind === "uncertain" && setUp !== undefined ? setUp : result;
  });
}

/**
 * The broker confirms what no queue takes, and returns it. With a fixed routing key that is so for every item; with one
 * that depends on the item, its queue may be missing alone, or away with its node: then others go on.
 */
function unroutable(item: DeliveryItem, config: RabbitmqConfig): SendResult {
  const detail = `no queue takes routing key ${routingKeyOf(item, config)}`;
  return config.routingKey.search(PLACEHOLDER) === -1 ? { kind: "set-up", detail } : { kind: "theirs", detail };
}
