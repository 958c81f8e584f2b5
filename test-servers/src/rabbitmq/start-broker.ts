import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { freePorts } from "../process/free-port.ts";
import { runProcess, untilReady } from "../process/run-process.ts";
import { definitions } from "./definitions.ts";

export const PROGRAM = "/usr/lib/rabbitmq/bin/rabbitmq-server";
const EPMD = "/usr/bin/epmd";
/** Small, so that what happens to a message over it can be seen. */
const MESSAGE_BYTES_MAX = 262_144;
/** It starts in 5 to 8 seconds on a quiet machine. */
const START_MAX_MS = 90_000;

export interface BrokerOptions {
  readonly keepState: boolean;
  /** Of AMQP in the clear. Undefined: a free one. */
  readonly port: number | undefined;
  /** Lines of its configuration, besides those that every broker here has. */
  readonly settings?: readonly string[];
}

export interface RunningBroker {
  readonly port: number;
  readonly pids: readonly number[];
  /** What the broker's own tools need to find it. */
  readonly environment: Readonly<Record<string, string>>;
  end(signal: "SIGTERM" | "SIGKILL"): Promise<void>;
}

/** A broker of one node with its state in a folder, every port of it on the loopback. */
export async function startBroker(state: string, options: BrokerOptions): Promise<RunningBroker> {
  if (!options.keepState) rmSync(state, { recursive: true, force: true });
  mkdirSync(state, { recursive: true });
  const [free = 0, distributionPort = 0, epmdPort = 0] = await freePorts(3);
  const port = options.port ?? free;
  writeConfig(state, options.settings ?? []);
  const env = { ERL_EPMD_ADDRESS: "127.0.0.1", ERL_EPMD_PORT: String(epmdPort), HOME: state };
  // The name service of Erlang, as a child of ours: otherwise the broker leaves one behind.
  const epmd = runProcess(EPMD, ["-port", String(epmdPort), "-address", "127.0.0.1"], {
    cwd: state,
    env,
    logFile: join(state, "epmd.log"),
  });
  const logFile = join(state, "out.log");
  const environment = { ...env, ...brokerEnvironment(state, port, distributionPort) };
  const broker = runProcess("/bin/sh", [PROGRAM], { cwd: state, logFile, env: environment });
  try {
    await untilReady(broker, () => answers(port), logFile, START_MAX_MS);
  } catch (error) {
    await broker.end("SIGKILL");
    await epmd.end("SIGKILL");
    throw error;
  }
  // The program is a script that waits for the broker.
  const pid = Number(readFileSync(join(state, "pid"), "utf8"));
  return {
    port,
    pids: [pid, epmd.pid],
    environment,
    end: async (signal) => {
      await broker.end(signal, pid);
      await epmd.end("SIGKILL");
    },
  };
}

const configOf = (state: string): string => join(state, "rabbitmq.conf");

/** Once for the life of the state. */
function writeConfig(state: string, settings: readonly string[]): void {
  if (existsSync(configOf(state))) return;
  const known = join(state, "definitions.json");
  writeFileSync(known, JSON.stringify(definitions()));
  const lines = [`load_definitions = ${known}`, "loopback_users = none", `max_message_size = ${MESSAGE_BYTES_MAX}`, ...settings];
  writeFileSync(configOf(state), lines.map((line) => `${line}\n`).join(""));
}

const brokerEnvironment = (state: string, port: number, distributionPort: number): Record<string, string> => ({
  RABBITMQ_NODENAME: "tillsync@localhost",
  RABBITMQ_NODE_IP_ADDRESS: "127.0.0.1",
  RABBITMQ_NODE_PORT: String(port),
  RABBITMQ_DIST_PORT: String(distributionPort),
  RABBITMQ_MNESIA_BASE: join(state, "db"),
  RABBITMQ_LOG_BASE: join(state, "log"),
  RABBITMQ_PID_FILE: join(state, "pid"),
  RABBITMQ_CONFIG_FILE: configOf(state),
  RABBITMQ_CONF_ENV_FILE: "/dev/null",
  RABBITMQ_ENABLED_PLUGINS_FILE: join(state, "plugins"),
  RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: "-kernel inet_dist_use_interface {127,0,0,1} +S 1:1",
});

/** An AMQP broker answers the protocol's greeting with a frame; before it is ready it does not listen. */
const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write("AMQP\u0000\u0000\u0009\u0001"));
    const done = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(2_000, () => done(false));
    socket.on("data", () => done(true));
    socket.on("error", () => done(false));
    socket.on("close", () => done(false));
  });
