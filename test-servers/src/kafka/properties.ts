export const nodes = [1, 2, 3] as const;

/** By node, from the first. */
export interface Ports {
  readonly clients: readonly number[];
  readonly controllers: readonly number[];
}

/**
 * A node that is broker and controller. Three replicas, of which two must have a record before it is acknowledged; a node
 * that died is noticed within 3 seconds.
 */
export function propertiesOf(node: number, dataDir: string, ports: Ports): string {
  const voters = nodes.map((one) => `${one}@127.0.0.1:${ports.controllers[one - 1]}`).join(",");
  const settings: Record<string, string | number | boolean> = {
    "process.roles": "broker,controller",
    "node.id": node,
    "controller.quorum.voters": voters,
    listeners: `PLAINTEXT://127.0.0.1:${ports.clients[node - 1]},CONTROLLER://127.0.0.1:${ports.controllers[node - 1]}`,
    "advertised.listeners": `PLAINTEXT://127.0.0.1:${ports.clients[node - 1]}`,
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "log.dirs": dataDir,
    "auto.create.topics.enable": false,
    "default.replication.factor": 3,
    "min.insync.replicas": 2,
    "offsets.topic.replication.factor": 3,
    "offsets.topic.num.partitions": 3,
    "transaction.state.log.replication.factor": 3,
    "transaction.state.log.min.isr": 2,
    "transaction.state.log.num.partitions": 3,
    "share.coordinator.state.topic.replication.factor": 3,
    "share.coordinator.state.topic.min.isr": 2,
    "share.coordinator.state.topic.num.partitions": 3,
    "group.initial.rebalance.delay.ms": 0,
    "broker.heartbeat.interval.ms": 500,
    "broker.session.timeout.ms": 3_000,
    "controller.quorum.election.timeout.ms": 1_000,
    "controller.quorum.fetch.timeout.ms": 2_000,
    "replica.lag.time.max.ms": 5_000,
    "num.network.threads": 2,
    "num.io.threads": 2,
    "log.cleaner.threads": 1,
    "log.cleaner.dedupe.buffer.size": 4_000_000,
    "log.index.size.max.bytes": 1_048_576,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}
