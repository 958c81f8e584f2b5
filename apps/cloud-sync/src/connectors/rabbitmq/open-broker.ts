import type { Socket } from "node:net";
import { Connection, type Channel, type ConnectionOptions } from "rabbitmq-client";
import { guardedLookup } from "../address-guard.ts";
import type { ConnectorPorts } from "../connector.ts";
import { requestTimeoutMs } from "../send-time.ts";
import { hostOf, tlsOptions } from "../tcp/tcp-address.ts";
import { DeadlinePassed, within } from "../tcp/within.ts";
import type { RabbitmqConfig } from "./manifest.ts";

const CONNECT_MAX_MS = 5_000;
/** A broker that vanished without a word is noticed within about a minute also when nothing is sent. */
const HEARTBEAT_S = 20;
/** RabbitMQ's own limit is 128 KiB. */
const FRAME_BYTES_MAX = 256 * 1024;
const PORT = 5672;
const TLS_PORT = 5671;
const TLS_ALERT = 0x15;
const TLS_MAJOR = 0x03;
/** The client's own attempts to reconnect: we ask anew ourselves, since the reason of a refusal must be heard each time. */
const NEVER_MS = 2_000_000_000;

/** A channel that confirms, for one call at a time: what closes it is about the messages of that call. */
export interface Lease {
  readonly channel: Channel;
  /** Ids of messages that no queue took, as the broker returned them. */
  readonly returned: Set<string>;
  /** Cuts the connection: what lies unsent in it must never go out later. */
  cut(): void;
  /** Gives the channel back when it still works. */
  release(): void;
}

export interface Broker {
  /** Rejects with the error of the last node that was tried, within the deadline. */
  lease(): Promise<Lease>;
  close(): Promise<void>;
}

interface Kept {
  readonly channel: Channel;
  readonly returned: Set<string>;
  readonly connection: Connection;
}

export function openBroker(config: RabbitmqConfig, ports: ConnectorPorts): Broker {
  let closed = false;
  let current: Promise<Connection> | undefined;
  const idle: Kept[] = [];
  const connected = (): Promise<Connection> => {
    const attempt: Promise<Connection> = (current ??= connectAny(config, () => forget(attempt)));
    attempt.catch(() => forget(attempt));
    return attempt;
  };
  const forget = (lost: Promise<Connection>): void => {
    if (current === lost) current = undefined;
  };
  const cut = (): void => {
    void current?.then(destroy, ignore);
    current = undefined;
  };
  const open = async (): Promise<Kept> => {
    const connection = await connected();
    // It has told that it takes nothing, for lack of memory or disk: what is written now would lie here.
    if (!connection.ready) throw Object.assign(new Error("blocked"), { code: "BLOCKED" });
    for (let kept = idle.pop(); kept !== undefined; kept = idle.pop())
      if (kept.channel.active && kept.connection === connection) return kept;
    return openChannel(connection, config.exchange);
  };
  return {
    lease: async () => {
      if (closed) throw Object.assign(new Error("closed"), { code: "CLOSED" });
      const kept = await within(ports, requestTimeoutMs(config.timeoutMs), open()).catch((error: unknown) => {
        if (error instanceof DeadlinePassed) cut();
        throw error;
      });
      const release = (): void => {
        kept.returned.clear();
        if (kept.channel.active) idle.push(kept);
      };
      return { channel: kept.channel, returned: kept.returned, cut, release };
    },
    close: () => {
      closed = true;
      cut();
      return Promise.resolve();
    },
  };
}

const ignore = (): void => undefined;
const destroy = (connection: Connection): void => connection.unsafeDestroy();

async function openChannel(connection: Connection, exchange: string): Promise<Kept> {
  const channel = await connection.acquire({ emitErrorsFromChannel: true });
  const returned = new Set<string>();
  channel.on("error", ignore);
  channel.on("basic.return", ({ messageId }) => returned.add(messageId ?? ""));
  await channel.confirmSelect();
  // Asks whether it is there; the default exchange always is.
  if (exchange !== "") await channel.exchangeDeclare({ exchange, passive: true });
  return { channel, returned, connection };
}

/** Tries the nodes in their order: the first that lets us in. Rejects with what the last one said. */
async function connectAny(config: RabbitmqConfig, onLost: () => void): Promise<Connection> {
  let failure: unknown;
  for (const url of config.urls) {
    try {
      return await connect(config, url, onLost);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** Connects to one node; `onLost` is called once when that connection ends later. */
function connect(config: RabbitmqConfig, url: string, onLost: () => void): Promise<Connection> {
  const { port, pathname } = new URL(url);
  const connection = new Connection({
    hostname: hostOf(url),
    port: port === "" ? (config.tls === "off" ? PORT : TLS_PORT) : Number(port),
    vhost: decodeURIComponent(pathname.slice(1)) || "/",
    username: config.user,
    password: config.secret,
    tls: tlsOptions(config, hostOf(url)),
    ...(config.allowPrivateNetwork ? {} : { socket: { lookup: guardedLookup() } as unknown as NonNullable<ConnectionOptions["socket"]> }),
    connectionName: "tillsync",
    connectionTimeout: Math.min(CONNECT_MAX_MS, config.timeoutMs),
    acquireTimeout: config.timeoutMs,
    heartbeat: HEARTBEAT_S,
    noDelay: true,
    retryLow: NEVER_MS,
    retryHigh: NEVER_MS,
  });
  boundFrames(connection);
  if (config.tls === "off") noticeTls(connection);
  return new Promise((resolve, reject) => {
    connection.on("error", (error) => {
      connection.unsafeDestroy();
      onLost();
      reject(error as Error);
    });
    connection.on("connection", () => resolve(connection));
  });
}

/**
 * The client reads as many bytes as a frame's head says, whatever that is: what is no AMQP at all (an HTTP server on the
 * other end says four letters there) would throw where nobody can catch it. Such a connection is cut instead. Holds for
 * the one connection that each client of ours makes.
 */
function boundFrames(connection: Connection): void {
  const { _socket: socket } = connection as unknown as { _socket: Socket };
  const read = socket.read.bind(socket);
  socket.read = (bytes): unknown => {
    if ((bytes ?? 0) <= FRAME_BYTES_MAX) return read(bytes) as unknown;
    socket.destroy(Object.assign(new Error("no AMQP"), { code: "NO_AMQP" }));
    return null;
  };
}

/** Says so when the other end asks for TLS and we speak in the clear: it sends an alert, and cuts the connection. */
function noticeTls(connection: Connection): void {
  const { _socket: socket } = connection as unknown as { _socket: Socket };
  socket.prependOnceListener("readable", () => {
    const first: unknown = socket.read();
    if (!Buffer.isBuffer(first)) return;
    // No frame of AMQP begins so.
    if (first[0] === TLS_ALERT && first[1] === TLS_MAJOR) socket.destroy(Object.assign(new Error("TLS"), { code: "TLS_EXPECTED" }));
    else socket.unshift(first);
  });
}
