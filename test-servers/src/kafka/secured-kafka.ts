import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePorts } from "../process/free-port.ts";
import { runProcess, untilReady } from "../process/run-process.ts";
import type { TestServer } from "../test-server.ts";
import { makeAuthority, type Authority, type Identity } from "../tls/make-authority.ts";
import { classPath, installKafka, JAVA_OPTIONS } from "./install.ts";
import { listens } from "./listens.ts";
import { securedProperties, type Passwords, type SecuredPorts } from "./secured-properties.ts";

const run = promisify(execFile);
const START_MAX_MS = 120_000;
const FORMAT_MAX_MS = 60_000;
/** Of a throw-away broker on the loopback. */
const LOGIN = { user: "tillsync", plain: "throw-away-plain", scram256: "throw-away-256", scram512: "throw-away-512" };

/** One broker with a port for each way to secure the way to it, and the certificates that go with them. */
export interface SecuredKafka {
  readonly ports: SecuredPorts;
  readonly login: typeof LOGIN;
  /** Signed what the broker shows, and whom the broker believes. */
  readonly authority: Authority;
  readonly client: Identity;
  stop(): Promise<void>;
}

/** The same program as the cluster of three, in the same folder: one node with TLS, certificates of clients, and log-ins. */
export const securedKafka: Pick<TestServer, "name" | "install"> & { start(folder: string): Promise<SecuredKafka> } = {
  name: "kafka",
  install,
  start,
};

const seedOf = (folder: string): string => join(folder, "seed-secured");

/** Passwords for SCRAM are written to the disk when it is formatted; no port and no certificate is. */
async function install(folder: string): Promise<void> {
  await installKafka(folder);
  const stamp = join(folder, "installed-secured");
  const wanted = JSON.stringify(LOGIN);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  rmSync(seedOf(folder), { recursive: true, force: true });
  const file = join(folder, "seed-secured.properties");
  writeFileSync(file, securedProperties(seedOf(folder), { plain: 1, tls: 2, mutual: 3, login: 4, controller: 5 }));
  // The tool takes a leading dash for an option.
  const clusterId = `k${randomBytes(16).toString("base64url").slice(1)}`;
  const scram = (bits: string, password: string) => ["--add-scram", `SCRAM-SHA-${bits}=[name=${LOGIN.user},password=${password}]`];
  const users = [...scram("256", LOGIN.scram256), ...scram("512", LOGIN.scram512)];
  const tool = ["-cp", classPath(folder), "kafka.tools.StorageTool", "format", "-t", clusterId, "-c", file, ...users];
  await run("java", [...JAVA_OPTIONS, ...tool], { timeout: FORMAT_MAX_MS });
  writeFileSync(stamp, wanted);
}

async function start(folder: string): Promise<SecuredKafka> {
  const state = join(folder, "state-secured");
  rmSync(state, { recursive: true, force: true });
  mkdirSync(state, { recursive: true });
  const data = join(state, "data");
  cpSync(seedOf(folder), data, { recursive: true });
  const authority = makeAuthority(join(state, "tls"), "tillsync-test-authority");
  const broker = authority.issue("broker", ["DNS:localhost"]);
  const [plain = 0, tls = 0, mutual = 0, login = 0, controller = 0] = await freePorts(5);
  const ports: SecuredPorts = { plain, tls, mutual, login, controller };
  const passwords: Passwords = { user: LOGIN.user, plain: LOGIN.plain };
  const file = join(state, "server.properties");
  writeFileSync(file, securedProperties(data, ports, { authority, broker, passwords }), { mode: 0o600 });
  const logFile = join(state, "broker.log");
  const node = runProcess("java", [...JAVA_OPTIONS, "-cp", classPath(folder), "kafka.Kafka", file], { cwd: state, logFile });
  try {
    // The last of its ports: they come one after the other.
    await untilReady(node, async () => (await Promise.all([plain, tls, mutual, login].map(listens))).every(Boolean), logFile, START_MAX_MS);
  } catch (error) {
    await node.end("SIGKILL");
    throw error;
  }
  return { ports, login: LOGIN, authority, client: authority.issue("tillsync"), stop: () => node.end("SIGKILL") };
}
