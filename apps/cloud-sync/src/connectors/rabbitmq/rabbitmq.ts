import type { Connector, ConnectorPorts, ConnectorSession, SendResult } from "../connector.ts";
import { eventOf } from "../events/transaction-event.ts";
import { ADDRESS_REFUSED, checkHosts, hostOf, refusedHost } from "../tcp/tcp-address.ts";
import { routingKeyOf } from "./envelope.ts";
import { manifest, rabbitmqConfigSchema, type RabbitmqConfig } from "./manifest.ts";
import { openBroker } from "./open-broker.ts";
import { probeBroker } from "./probe.ts";
import { publishItems, type BrokerLine } from "./publish.ts";

const hostsOf = (config: RabbitmqConfig): string[] => config.urls.map(hostOf);

/** An exchange of a RabbitMQ broker; delivered is what a queue has and the broker has confirmed. */
export const rabbitmq: Connector<RabbitmqConfig> = {
  manifest,
  configSchema: rabbitmqConfigSchema,
  secretFields: ["secret", "clientKey"],
  check: (config) => checkHosts(hostsOf(config), config),
  map: (item, config) => ({
    kind: "requests",
    requests: [
      { reference: item.identity, what: `message to ${config.exchange || "queue"} ${routingKeyOf(item, config)}`, body: eventOf(item) },
    ],
  }),
  open: openRabbitmq,
};

function openRabbitmq(config: RabbitmqConfig, ports: ConnectorPorts): ConnectorSession {
  const refused = refusedHost(hostsOf(config), config) !== undefined;
  const line: BrokerLine = { config, broker: openBroker(config, ports), ports };
  const sendMany: NonNullable<ConnectorSession["sendMany"]> = async (items) =>
    refused ? items.map(() => ADDRESS_REFUSED) : publishItems(line, items);
  return {
    sendMany,
    send: async (item, context) => (await sendMany([item], context))[0] as SendResult,
    probe: async () => (refused ? ADDRESS_REFUSED : probeBroker(line)),
    close: () => line.broker.close(),
  };
}
