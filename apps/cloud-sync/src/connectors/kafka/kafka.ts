import type { Connector, ConnectorPorts, ConnectorSession, SendResult } from "../connector.ts";
import { eventOf } from "../events/transaction-event.ts";
import { ADDRESS_REFUSED, checkHosts, refusedHost } from "../tcp/tcp-address.ts";
import { brokersOf, kafkaConfigSchema, manifest, type KafkaConfig } from "./manifest.ts";
import { closeLine, openProducerLine, probeTopic, produceItems } from "./produce.ts";

const hostsOf = (config: KafkaConfig): string[] => brokersOf(config).map(({ host }) => host);

/** A topic of an Apache Kafka cluster; delivered is what all replicas in sync have. */
export const kafka: Connector<KafkaConfig> = {
  manifest,
  configSchema: kafkaConfigSchema,
  secretFields: ["secret", "clientKey"],
  check: (config) => checkHosts(hostsOf(config), config),
  map: (item, config) => ({
    kind: "requests",
    requests: [{ reference: item.identity, what: `record of ${config.topic}, key ${item.orderingKey}`, body: eventOf(item) }],
  }),
  open: openKafka,
};

function openKafka(config: KafkaConfig, ports: ConnectorPorts): ConnectorSession {
  const refused = refusedHost(hostsOf(config), config) !== undefined;
  const line = openProducerLine(config, ports);
  const sendMany: NonNullable<ConnectorSession["sendMany"]> = async (items) =>
    refused ? items.map(() => ADDRESS_REFUSED) : produceItems(line, items);
  return {
    sendMany,
    send: async (item, context) => (await sendMany([item], context))[0] as SendResult,
    probe: async () => (refused ? ADDRESS_REFUSED : probeTopic(line)),
    close: () => {
      closeLine(line);
      return Promise.resolve();
    },
  };
}
