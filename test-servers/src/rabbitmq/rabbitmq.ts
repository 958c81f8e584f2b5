import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { freePorts } from "../process/free-port.ts";
import { installDebian } from "../process/install-debian.ts";
import { runProcess, untilReady } from "../process/run-process.ts";
import type { RunningServer, StartOptions, TestServer } from "../test-server.ts";
import { definitions, EXCHANGE, PASSWORD, QUEUE, USER } from "./definitions.ts";

const PROGRAM = "/usr/lib/rabbitmq/bin/rabbitmq-server";
const EPMD = "/usr/bin/epmd";
/** Small, so that what happens to a message over it can be seen. */
const MESSAGE_BYTES_MAX = 262_144;
/** It starts in 5 to 8 seconds on a quiet machine. */
const START_MAX_MS = 90_000;

/** A real broker of one node, every port of it on the loopback. */
export const rabbitmq: TestServer = {
  name: "rabbitmq",
  summary: "broker: RabbitMQ 3.10 from Debian",
  install: () => installDebian(PROGRAM, ["rabbitmq-server"]),
  start,
};

async function start(folder: string, options: StartOptions): Promise<RunningServer> {
  const state = join(folder, "state");
  if (options.keepState !== true) rmSync(state, { recursive: true, force: true });
  mkdirSync(state, { recursive: true });
  const [free = 0, distributionPort = 0, epmdPort = 0] = await freePorts(3);
  const port = options.port ?? free;
  const env = { ERL_EPMD_ADDRESS: "127.0.0.1", ERL_EPMD_PORT: String(epmdPort), HOME: state };
  // The name service of Erlang, as a child of ours: otherwise the broker leaves one behind.
  const epmd = runProcess(EPMD, ["-port", String(epmdPort), "-address", "127.0.0.1"], {
    cwd: state,
    env,
    logFile: join(state, "epmd.log"),
  });
  const logFile = join(state, "out.log");
  const broker = runProcess("/bin/sh", [PROGRAM], {
    cwd: state,
    logFile,
    env: { ...env, ...brokerEnvironment(state, port, distributionPort) },
  });
  try {
    await untilReady(broker, () => answers(port), logFile, START_MAX_MS);
  } catch (error) {
    await broker.end("SIGKILL");
    await epmd.end("SIGKILL");
    throw error;
  }
  // The program is a script that waits for the broker.
  const pid = Number(readFileSync(join(state, "pid"), "utf8"));
  const end = async (signal: "SIGTERM" | "SIGKILL"): Promise<void> => {
    await broker.end(signal, pid);
    await epmd.end("SIGKILL");
  };
  return {
    pids: [pid, epmd.pid],
    facts: { url: `amqp://127.0.0.1:${port}/`, port, user: USER, password: PASSWORD, exchange: EXCHANGE, queue: QUEUE },
    destination: {
      name: "rabbitmq",
      kind: "rabbitmq",
      urls: [`amqp://127.0.0.1:${port}/`],
      user: USER,
      secret: PASSWORD,
      tls: "off",
      allowPrivateNetwork: true,
    },
    kill: () => end("SIGKILL"),
    stop: () => end("SIGTERM"),
  };
}

function brokerEnvironment(state: string, port: number, distributionPort: number): Record<string, string> {
  const config = join(state, "rabbitmq.conf");
  const known = join(state, "definitions.json");
  if (!existsSync(config)) {
    writeFileSync(known, JSON.stringify(definitions()));
    writeFileSync(config, `load_definitions = ${known}\nloopback_users = none\nmax_message_size = ${MESSAGE_BYTES_MAX}\n`);
  }
  return {
    RABBITMQ_NODENAME: "tillsync@localhost",
    RABBITMQ_NODE_IP_ADDRESS: "127.0.0.1",
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_DIST_PORT: String(distributionPort),
    RABBITMQ_MNESIA_BASE: join(state, "db"),
    RABBITMQ_LOG_BASE: join(state, "log"),
    RABBITMQ_PID_FILE: join(state, "pid"),
    RABBITMQ_CONFIG_FILE: config,
    RABBITMQ_CONF_ENV_FILE: "/dev/null",
    RABBITMQ_ENABLED_PLUGINS_FILE: join(state, "plugins"),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: "-kernel inet_dist_use_interface {127,0,0,1} +S 1:1",
  };
}

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
