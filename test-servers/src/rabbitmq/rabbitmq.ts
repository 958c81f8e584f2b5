import { join } from "node:path";
import { installDebian } from "../process/install-debian.ts";
import type { RunningServer, StartOptions, TestServer } from "../test-server.ts";
import { EXCHANGE, PASSWORD, QUEUE, USER } from "./definitions.ts";
import { PROGRAM, startBroker } from "./start-broker.ts";

/** A real broker of one node, every port of it on the loopback. */
export const rabbitmq: TestServer = {
  name: "rabbitmq",
  summary: "broker: RabbitMQ 3.10 from Debian",
  install: () => installDebian(PROGRAM, ["rabbitmq-server"]),
  start,
};

async function start(folder: string, options: StartOptions): Promise<RunningServer> {
  const broker = await startBroker(join(folder, "state"), { keepState: options.keepState === true, port: options.port });
  const { port } = broker;
  return {
    pids: broker.pids,
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
    kill: () => broker.end("SIGKILL"),
    stop: () => broker.end("SIGTERM"),
  };
}
