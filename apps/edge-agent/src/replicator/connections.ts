import { readFileSync } from "node:fs";
import { rootCertificates } from "node:tls";
import { TillsyncError } from "@tillsync/sync-protocol";
import type { Dispatcher } from "undici";
import { CONNECT_DEADLINE_MS, PUSH_DEADLINE_MS } from "./limits.ts";

export interface ConnectionOptions {
  readonly origin: string;
  /** Connections at most; each carries one request at a time. */
  readonly connections: number;
  /** PEM file with authorities to trust besides the built-in ones, for a retailer's own. */
  readonly caFile?: string | undefined;
  /** Where proxies are named: HTTPS_PROXY, HTTP_PROXY, NO_PROXY, in either case. */
  readonly env: NodeJS.ProcessEnv;
}

/** Open connections to one origin. */
export interface Connections {
  request(options: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData>;
  /** Ends them all; requests under way fail. */
  destroy(): Promise<void>;
}

/**
 * Connections to one origin over HTTP/1.1 with keep-alive (HTTP/2 was 0.7 times as fast). Loaded at first use: an agent
 * that is not enrolled does not pay for it. Throws `config.unreadable` for a CA file that cannot be read.
 */
export async function openConnections(options: ConnectionOptions): Promise<Connections> {
  const ca = options.caFile === undefined ? {} : { ca: [...rootCertificates, readCa(options.caFile)] };
  const connect = { timeout: CONNECT_DEADLINE_MS, ...ca };
  const shared = {
    connections: options.connections,
    pipelining: 1,
    allowH2: false,
    headersTimeout: PUSH_DEADLINE_MS,
    bodyTimeout: PUSH_DEADLINE_MS,
    connect,
  };
  if (usesProxy(options)) {
    const { EnvHttpProxyAgent } = await import("undici");
    const agent = new EnvHttpProxyAgent({ ...shared, requestTls: connect, ...proxies(options.env) });
    return { request: (request) => agent.request(request), destroy: () => agent.destroy() };
  }
  const [{ default: Pool }, { default: request }] = await Promise.all([
    import("undici/lib/dispatcher/pool.js"),
    import("undici/lib/api/api-request.js"),
  ]);
  const pool = new Pool(options.origin, shared);
  return { request: (options) => request.call(pool, options), destroy: () => pool.destroy() };
}

const usesProxy = ({ env, origin }: ConnectionOptions): boolean =>
  (origin.startsWith("https:") ? (env["https_proxy"] ?? env["HTTPS_PROXY"]) : undefined) !== undefined ||
  (env["http_proxy"] ?? env["HTTP_PROXY"]) !== undefined;

function proxies(env: NodeJS.ProcessEnv): { httpProxy?: string; httpsProxy?: string; noProxy: string } {
  const http = env["http_proxy"] ?? env["HTTP_PROXY"];
  const https = env["https_proxy"] ?? env["HTTPS_PROXY"];
  // A cloud on this machine is never behind a proxy, whatever the environment says for others.
  const noProxy = [env["no_proxy"] ?? env["NO_PROXY"] ?? "", "localhost", "127.0.0.1", "::1"].filter((name) => name !== "").join(",");
  return { ...(http === undefined ? {} : { httpProxy: http }), ...(https === undefined ? {} : { httpsProxy: https }), noProxy };
}

function readCa(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new TillsyncError("config.unreadable", path, { cause });
  }
}
