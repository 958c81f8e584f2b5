import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePorts } from "../process/free-port.ts";
import { runProcess, untilReady, type RunningProcess } from "../process/run-process.ts";
import type { RunningServer, StartOptions, TestServer } from "../test-server.ts";
import { classPath, installKafka, JAVA_OPTIONS, seedOf } from "./install.ts";
import { listens } from "./listens.ts";
import { nodes, propertiesOf, type Ports } from "./properties.ts";

const run = promisify(execFile);
/** Three of them start at once; on a busy machine that takes a while. */
const START_MAX_MS = 120_000;
const TOPIC = "receipts";
const PARTITIONS = 6;

/** Three brokers, each of which can be killed and started again. */
export interface KafkaCluster extends RunningServer {
  /** Process id of a node, 1 to 3; 0 while it is down. */
  pidOf(node: number): number;
  /** As a power cut does to one node. */
  killNode(node: number): Promise<void>;
  /** On what its disk holds. */
  startNode(node: number): Promise<void>;
}

/** A real cluster of Apache Kafka (KRaft): three nodes on the loopback, one topic of three replicas. */
export const kafka: Omit<TestServer, "start"> & { start(folder: string, options: StartOptions): Promise<KafkaCluster> } = {
  name: "kafka",
  summary: "broker: Apache Kafka 4.1 from Maven Central, three nodes",
  install: installKafka,
  start,
};

async function start(folder: string, options: StartOptions): Promise<KafkaCluster> {
  const state = join(folder, "state");
  const fresh = options.keepState !== true || !existsSync(state);
  if (fresh) layOut(folder, state);
  const [c1 = 0, c2 = 0, c3 = 0, p2 = 0, p3 = 0, p1 = 0] = await freePorts(6);
  const ports: Ports = { clients: [options.port ?? p1, p2, p3], controllers: [c1, c2, c3] };
  const running = new Map<number, RunningProcess>();
  const startNode = async (node: number): Promise<void> => {
    running.set(node, await runNode(folder, state, node, ports));
  };
  const endAll = async (signal: "SIGTERM" | "SIGKILL"): Promise<void> => {
    await Promise.all([...running.values()].map((node) => node.end(signal)));
  };
  const brokers = ports.clients.map((port) => `127.0.0.1:${port}`);
  try {
    await Promise.all(nodes.map(startNode));
    if (fresh) await createTopic(folder, brokers);
  } catch (error) {
    await endAll("SIGKILL");
    throw error;
  }
  return {
    pids: [...running.values()].map(({ pid }) => pid),
    facts: { brokers, topic: TOPIC, partitions: PARTITIONS },
    destination: { name: "kafka", kind: "kafka", brokers, topic: TOPIC, tls: "off", allowPrivateNetwork: true },
    pidOf: (node) => (running.get(node)?.isAlive() === true ? (running.get(node)?.pid ?? 0) : 0),
    killNode: async (node) => running.get(node)?.end("SIGKILL"),
    startNode,
    kill: () => endAll("SIGKILL"),
    // Asked to leave one after the other the last ones would wait for a quorum that is gone.
    stop: () => endAll("SIGKILL"),
  };
}

function layOut(folder: string, state: string): void {
  rmSync(state, { recursive: true, force: true });
  mkdirSync(state, { recursive: true });
  for (const node of nodes) cpSync(seedOf(folder, node), join(state, String(node)), { recursive: true });
}

async function runNode(folder: string, state: string, node: number, ports: Ports): Promise<RunningProcess> {
  const file = join(state, `${node}.properties`);
  writeFileSync(file, propertiesOf(node, join(state, String(node)), ports));
  const logFile = join(state, `${node}.log`);
  const broker = runProcess("java", [...JAVA_OPTIONS, "-cp", classPath(folder), "kafka.Kafka", file], { cwd: state, logFile });
  await untilReady(broker, () => listens(ports.clients[node - 1] ?? 0), logFile, START_MAX_MS);
  return broker;
}

const createTopic = (folder: string, brokers: readonly string[]): Promise<unknown> =>
  run(
    "java",
    [
      ...JAVA_OPTIONS,
      "-cp",
      classPath(folder),
      "org.apache.kafka.tools.TopicCommand",
      "--bootstrap-server",
      brokers.join(","),
      "--create",
      "--topic",
      TOPIC,
      "--partitions",
      String(PARTITIONS),
      "--replication-factor",
      "3",
    ],
    { timeout: START_MAX_MS },
  );
