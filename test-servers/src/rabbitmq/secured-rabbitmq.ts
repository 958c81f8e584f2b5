import { execFile } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePorts } from "../process/free-port.ts";
import type { TestServer } from "../test-server.ts";
import { makeAuthority, type Authority, type Identity } from "../tls/make-authority.ts";
import { PASSWORD, USER } from "./definitions.ts";
import { rabbitmq } from "./rabbitmq.ts";
import { startBroker } from "./start-broker.ts";

const run = promisify(execFile);
const CONTROL = "/usr/lib/rabbitmq/bin/rabbitmqctl";
const CONTROL_MAX_MS = 60_000;

/** One broker with a port for each way to secure the way to it. Its certificate is for the name `localhost`. */
export interface SecuredRabbitmq {
  readonly ports: {
    readonly plain: number;
    /** TLS; a certificate of the client is looked at where it shows one. */
    readonly tls: number;
    /** TLS; nobody comes in without a certificate. */
    readonly mutual: number;
  };
  readonly login: { readonly user: string; readonly password: string };
  /** Signed what the broker shows, and whom the broker believes. */
  readonly authority: Authority;
  readonly client: Identity;
  stop(): Promise<void>;
}

export const securedRabbitmq: Pick<TestServer, "name" | "install"> & { start(folder: string): Promise<SecuredRabbitmq> } = {
  name: rabbitmq.name,
  install: (folder) => rabbitmq.install(folder),
  start,
};

async function start(folder: string): Promise<SecuredRabbitmq> {
  const certificates = join(folder, "tls");
  rmSync(certificates, { recursive: true, force: true });
  mkdirSync(certificates, { recursive: true });
  const authority = makeAuthority(certificates, "tillsync-test-authority");
  const identity = authority.issue("broker", ["DNS:localhost"]);
  const [tls = 0, mutual = 0] = await freePorts(2);
  const files = { cacertfile: authority.certificateFile, certfile: identity.certificateFile, keyfile: identity.keyFile };
  const settings = [
    `listeners.ssl.1 = 127.0.0.1:${tls}`,
    ...Object.entries(files).map(([name, file]) => `ssl_options.${name} = ${file}`),
    "ssl_options.verify = verify_peer",
    "ssl_options.fail_if_no_peer_cert = false",
  ];
  const broker = await startBroker(join(folder, "state-secured"), { keepState: false, port: undefined, settings });
  try {
    await listenMutually(broker.environment, mutual, files);
  } catch (error) {
    await broker.end("SIGKILL");
    throw error;
  }
  return {
    ports: { plain: broker.port, tls, mutual },
    login: { user: USER, password: PASSWORD },
    authority,
    client: authority.issue("tillsync"),
    stop: () => broker.end("SIGTERM"),
  };
}

/** A broker's configuration knows one way to use certificates; a second one is had while it runs. */
async function listenMutually(
  environment: Readonly<Record<string, string>>,
  port: number,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  const options = [
    ...Object.entries(files).map(([name, file]) => `{${name}, "${file}"}`),
    "{verify, verify_peer}",
    "{fail_if_no_peer_cert, true}",
  ];
  const call = `rabbit_networking:start_ssl_listener({"127.0.0.1", ${port}}, [${options.join(", ")}], 1).`;
  const { stdout } = await run("/bin/sh", [CONTROL, "-q", "eval", call], {
    env: { PATH: process.env["PATH"] ?? "", ...environment },
    timeout: CONTROL_MAX_MS,
  });
  if (stdout.trim() !== "ok") throw new Error(`no second listener: ${stdout.trim()}`);
}
