import { TillsyncError } from "@tillsync/sync-protocol";
import { Webhook } from "standardwebhooks";
import { Agent } from "undici";
import { guardedLookup, isPrivateAddress, literalAddress } from "../address-guard.ts";
import type { Connector, ConnectorPorts, ConnectorSession } from "../connector.ts";
import { manifest, webhookConfigSchema, type WebhookConfig } from "./manifest.ts";
import { sendWebhook } from "./send.ts";

/** A line that connects slower than this is down for our purposes. */
const CONNECT_TIMEOUT_MS = 5_000;
/** Above any destination's concurrency: the dispatcher is what bounds requests. */
const CONNECTIONS_MAX = 256;

/** The signed webhook: what any system can receive without a connector of its own. */
export const webhook: Connector<WebhookConfig> = {
  manifest,
  configSchema: webhookConfigSchema,
  secretFields: ["secret", "headers"],
  check: (config) => {
    if (isRefusedLiteral(config)) throw new TillsyncError("destination.address-refused", new URL(config.url).host);
  },
  open: openWebhook,
};

/** A private address in the address itself. Names are looked at when they are resolved, in the connection. */
function isRefusedLiteral(config: WebhookConfig): boolean {
  const literal = literalAddress(new URL(config.url));
  return !config.allowPrivateNetwork && literal !== undefined && isPrivateAddress(literal);
}

function openWebhook(config: WebhookConfig, ports: ConnectorPorts): ConnectorSession {
  const url = new URL(config.url);
  const refused = isRefusedLiteral(config);
  const agent = new Agent({
    connections: CONNECTIONS_MAX,
    // One request on a connection at a time: a slow answer delays nobody else's.
    pipelining: 1,
    connect: {
      timeout: Math.min(CONNECT_TIMEOUT_MS, config.timeoutMs),
      ...(config.allowPrivateNetwork ? {} : { lookup: guardedLookup() }),
    },
  });
  const signer = new Webhook(config.secret);
  return {
    send: async (item) =>
      refused
        ? { kind: "set-up", detail: "the address is private (destination.address-refused)" }
        : sendWebhook({ config, url, agent, signer, ports }, item),
    close: () => agent.destroy(),
  };
}
