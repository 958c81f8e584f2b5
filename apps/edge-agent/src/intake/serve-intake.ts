import type { AddressInfo } from "node:net";
import { assert, TillsyncError } from "@tillsync/sync-protocol";
import type { FastifyInstance } from "fastify";
import type { Timer } from "../replicator/ports.ts";
import type { SourceDeps } from "../sources/source-deps.ts";
import type { Deadlines, IntakeApp } from "./build-intake.ts";
import { hostsOf } from "./check-caller.ts";
import { openClients } from "./client-tokens.ts";
import { CLOSE_MAX_MS, LISTEN_AGAIN_MS } from "./limits.ts";
import { refusalLog } from "./refusal-log.ts";

/** Where the interface listens. */
export interface IntakeConfig {
  readonly host: "127.0.0.1" | "::1";
  /** Zero, for tests: any that is free. */
  readonly port: number;
}

export interface IntakeStatus {
  readonly state: "listening" | "failing";
  readonly host: string;
  readonly port: number;
  /** Why it does not listen; it is tried again. */
  readonly code?: string;
  /** Connections of programs that have shown their token. */
  readonly connections: number;
}

export interface Intake {
  /** Null where none is configured. */
  readonly status: () => IntakeStatus | null;
  /** Takes another configuration; the same one changes nothing. */
  readonly replace: (config: IntakeConfig | undefined) => Promise<void>;
  /** No new requests; those in hand are answered, or cut after a time. */
  readonly stop: () => Promise<void>;
}

interface Running {
  readonly config: IntakeConfig;
  built: IntakeApp | undefined;
  port: number;
  code: string | undefined;
  timer: Timer | undefined;
}

export interface IntakeDeps extends Pick<SourceDeps, "ports" | "log"> {
  readonly dir: string;
  /** Adds the routes to a listener that is being made; `close` ends what they have begun. */
  readonly routes: (app: FastifyInstance) => void;
  readonly deadlines?: Deadlines;
}

/**
 * Keeps the HTTP interface as it is configured: absent, no port is opened. A port that cannot be had is told, in the
 * log and in the status, and tried again; files and the line go on meanwhile.
 */
export async function serveIntake(deps: IntakeDeps, initial: IntakeConfig | undefined): Promise<Intake> {
  let running: Running | undefined;
  const end = async (): Promise<void> => {
    const old = running;
    running = undefined;
    old?.timer?.cancel();
    if (old?.built !== undefined) await closeWithin(old.built.app);
  };
  const replace = async (config: IntakeConfig | undefined): Promise<void> => {
    if (config !== undefined && running !== undefined && isSame(config, running.config)) return;
    await end();
    if (config === undefined) return;
    running = { config, built: undefined, port: config.port, code: undefined, timer: undefined };
    await listen(deps, running);
  };
  await replace(initial);
  return { status: () => statusOf(running), replace, stop: end };
}

async function listen(deps: IntakeDeps, running: Running): Promise<void> {
  const { config } = running;
  // Loaded by those alone who have an interface.
  const { buildIntake } = await import("./build-intake.ts");
  const built = buildIntake({
    authenticate: openClients(deps.dir),
    hosts: () => hostsOf(running.port),
    log: refusalLog(deps.log, deps.ports.monotonicMs),
    routes: deps.routes,
    ...(deps.deadlines === undefined ? {} : { deadlines: deps.deadlines }),
  });
  running.built = built;
  try {
    await built.app.listen({ host: config.host, port: config.port });
    const { address, port } = built.app.server.address() as AddressInfo;
    assert(address === config.host, "listens on this machine alone");
    [running.port, running.code] = [port, undefined];
    deps.log.info({ host: config.host, port }, "the HTTP interface listens");
  } catch (cause) {
    running.built = undefined;
    await built.app.close();
    const code = (cause as NodeJS.ErrnoException).code ?? "";
    if (!code.startsWith("E")) throw cause;
    running.code = "intake.address" satisfies TillsyncError["code"];
    deps.log.error({ code: running.code, port: config.port, cause: code }, new TillsyncError("intake.address").message);
    running.timer = deps.ports.setTimer(LISTEN_AGAIN_MS, () => void listen(deps, running));
  }
}

function statusOf(running: Running | undefined): IntakeStatus | null {
  if (running === undefined) return null;
  const { built, config, port, code } = running;
  return {
    state: built === undefined || code !== undefined ? "failing" : "listening",
    host: config.host,
    port,
    ...(code === undefined ? {} : { code }),
    connections: built?.connections.count().clients ?? 0,
  };
}

const isSame = (a: IntakeConfig, b: IntakeConfig): boolean => a.host === b.host && a.port === b.port;

/** Requests in hand are answered; then, or after the time, every connection is cut. */
async function closeWithin(app: FastifyInstance): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), CLOSE_MAX_MS);
  await app.close();
  clearTimeout(cut);
}
