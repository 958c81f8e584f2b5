import { Socket } from "node:net";
import { Pool, type QueryConfig } from "pg";
import { requestTimeoutMs } from "../send-time.ts";
import { guardedSocket } from "../tcp/guarded-socket.ts";
import { hostOf, tlsOptions } from "../tcp/tcp-address.ts";
import type { PostgresTableConfig } from "./manifest.ts";

/** Statements at once: each shard's worker sends one batch at a time, and few shards live in one process. */
const CONNECTIONS_MAX = 4;
const CONNECT_MAX_MS = 5_000;
/** The server's own deadline comes first: it says for certain that nothing was stored. */
const ANSWER_GRACE_MS = 1_000;
const PORT = 5432;

/** A statement of one send: it is not waited for past the send's own time. */
export const statement = (config: PostgresTableConfig, text: string, values: string[]): QueryConfig => {
  const wish = { text, values, query_timeout: requestTimeoutMs(config.timeoutMs + ANSWER_GRACE_MS) };
  return wish;
};

export interface Warehouse {
  readonly pool: Pool;
  /** Cuts connections; statements under way fail. */
  cut(): Promise<void>;
}

/** Nothing is taken from the environment or from files of the user that runs this process. Connects when it is first used. */
export function openWarehouse(config: PostgresTableConfig): Warehouse {
  const url = new URL(config.url);
  const sockets = new Set<Socket>();
  const openSocket = (): Socket => {
    const socket = config.allowPrivateNetwork ? new Socket() : guardedSocket();
    sockets.add(socket);
    return socket.once("close", () => sockets.delete(socket));
  };
  const pool = new Pool({
    host: hostOf(config.url),
    port: url.port === "" ? PORT : Number(url.port),
    user: decodeURIComponent(url.username),
    database: decodeURIComponent(url.pathname.slice(1)),
    password: () => config.secret ?? "",
    ssl: tlsOptions(config, hostOf(config.url)),
    stream: openSocket,
    application_name: "tillsync",
    // Delivered means on the disk, whatever the database's default for its sessions is.
    options: `-c synchronous_commit=on -c statement_timeout=${config.timeoutMs} -c lock_timeout=${config.timeoutMs}`,
    query_timeout: config.timeoutMs + ANSWER_GRACE_MS,
    connectionTimeoutMillis: Math.min(CONNECT_MAX_MS, config.timeoutMs),
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    max: CONNECTIONS_MAX,
  });
  // An idle connection that breaks leaves the pool; the next statement makes a new one.
  pool.on("error", () => undefined);
  const cut = async (): Promise<void> => {
    const ended = pool.end();
    for (const socket of sockets) socket.destroy();
    await ended;
  };
  return { pool, cut };
}
