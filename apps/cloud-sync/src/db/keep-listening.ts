import { setTimeout as delay } from "node:timers/promises";
import { Client, escapeIdentifier, type ClientConfig } from "pg";
import type { Logger } from "pino";
import { sqlState } from "./pg-errors.ts";

/** Between attempts to get a lost connection back. Nothing hangs on it: everyone who waits polls too. */
const RECONNECT_MS = 1_000;

type Listeners = Map<string, Set<(payload: string) => void>>;

export interface KeptListener {
  listen(channel: string, onMessage: (payload: string) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

/**
 * One connection of its own that listens, made at the first `listen` and made again whenever it is lost, until `close`.
 * Channel names are ours, never a caller's text.
 */
export function keepListening(config: ClientConfig, log: Logger): KeptListener {
  const listeners: Listeners = new Map();
  const stop = new AbortController();
  let client: Client | undefined;
  let running: Promise<void> | undefined;

  const run = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      client = new Client(config);
      await serveUntilLost(client, listeners).catch((error: unknown) => {
        if (!stop.signal.aborted) log.debug({ code: sqlState(error) }, "the listening connection was lost");
      });
      await delay(RECONNECT_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  };
  return {
    listen: async (channel, onMessage) => {
      const set = listeners.get(channel) ?? new Set();
      listeners.set(channel, set.add(onMessage));
      running ??= run();
      // Before the connection stands, `serveUntilLost` listens to all channels known by then.
      await client?.query(`LISTEN ${escapeIdentifier(channel)}`).catch(() => undefined);
      return async () => {
        set.delete(onMessage);
      };
    },
    close: async () => {
      stop.abort();
      await client?.end().catch(() => undefined);
      await running;
    },
  };
}

async function serveUntilLost(client: Client, listeners: Listeners): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    client.once("end", resolve);
    client.once("error", () => resolve());
  });
  client.on("notification", ({ channel, payload }) => listeners.get(channel)?.forEach((onMessage) => onMessage(payload ?? "")));
  try {
    await client.connect();
    for (const channel of listeners.keys()) await client.query(`LISTEN ${escapeIdentifier(channel)}`);
    await ended;
  } finally {
    await client.end().catch(() => undefined);
  }
}
