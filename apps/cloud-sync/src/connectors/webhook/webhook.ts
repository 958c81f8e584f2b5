import { Webhook } from "standardwebhooks";
import type { Connector, ConnectorPorts, ConnectorSession } from "../connector.ts";
import { checkAddress, isRefusedLiteral } from "../http/address.ts";
import { openAgent } from "../http/open-agent.ts";
import { reach } from "../http/reach.ts";
import { manifest, webhookConfigSchema, type WebhookConfig } from "./manifest.ts";
import { eventOf } from "../events/transaction-event.ts";
import { sendWebhook } from "./send.ts";

/** The signed webhook: what any system can receive without a connector of its own. */
export const webhook: Connector<WebhookConfig> = {
  manifest,
  configSchema: webhookConfigSchema,
  secretFields: ["secret", "headers"],
  check: checkAddress,
  map: (item) => ({ kind: "requests", requests: [{ reference: item.identity, what: "event", body: eventOf(item) }] }),
  open: openWebhook,
};

function openWebhook(config: WebhookConfig, ports: ConnectorPorts): ConnectorSession {
  const url = new URL(config.url);
  const refused = isRefusedLiteral(config);
  const agent = openAgent(config);
  const signer = new Webhook(config.secret);
  return {
    send: async (item) =>
      refused
        ? { kind: "set-up", detail: "the address is private (destination.address-refused)" }
        : sendWebhook({ config, url, agent, signer, ports }, item),
    // A request would be an event to the receiver, whatever is in it.
    probe: () => reach(config),
    close: () => agent.destroy(),
  };
}
