import type { Authority, Identity } from "../tls/make-authority.ts";

/** The ways into the one broker, each on a port of its own. */
export interface SecuredPorts {
  /** In the clear, without a log-in: for the suite's own look at the topics. */
  readonly plain: number;
  /** TLS; whoever comes is let in. */
  readonly tls: number;
  /** TLS; asks for a certificate of the client and takes none but those of its authority. */
  readonly mutual: number;
  /** TLS with a log-in. */
  readonly login: number;
  readonly controller: number;
}

export interface Passwords {
  readonly user: string;
  readonly plain: string;
}

const LISTENERS = { PLAIN: "PLAINTEXT", TLS: "SSL", MUTUAL: "SSL", LOGIN: "SASL_SSL" } as const;

/** One node that is broker and controller. Its certificate is for the name `localhost`, and it advertises that name. */
export function securedProperties(
  dataDir: string,
  ports: SecuredPorts,
  tls?: { authority: Authority; broker: Identity; passwords: Passwords },
): string {
  const port = { PLAIN: ports.plain, TLS: ports.tls, MUTUAL: ports.mutual, LOGIN: ports.login };
  const names = tls === undefined ? (["PLAIN"] as const) : (["PLAIN", "TLS", "MUTUAL", "LOGIN"] as const);
  const settings: Record<string, string | number | boolean> = {
    "process.roles": "broker,controller",
    "node.id": 1,
    "controller.quorum.voters": `1@127.0.0.1:${ports.controller}`,
    listeners: [...names.map((name) => `${name}://127.0.0.1:${port[name]}`), `CONTROLLER://127.0.0.1:${ports.controller}`].join(","),
    "advertised.listeners": names.map((name) => `${name}://localhost:${port[name]}`).join(","),
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAIN",
    "listener.security.protocol.map": [...names.map((name) => `${name}:${LISTENERS[name]}`), "CONTROLLER:PLAINTEXT"].join(","),
    "log.dirs": dataDir,
    "auto.create.topics.enable": false,
    "offsets.topic.replication.factor": 1,
    "offsets.topic.num.partitions": 1,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "transaction.state.log.num.partitions": 1,
    "share.coordinator.state.topic.replication.factor": 1,
    "share.coordinator.state.topic.min.isr": 1,
    "share.coordinator.state.topic.num.partitions": 1,
    "num.network.threads": 2,
    "num.io.threads": 2,
    "log.cleaner.threads": 1,
    "log.cleaner.dedupe.buffer.size": 4_000_000,
    "log.index.size.max.bytes": 1_048_576,
    ...(tls === undefined ? {} : securitySettings(tls)),
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}

/** Whoever has not logged in anew by then is cut off at the next request: soon enough for a suite to see both. */
const REAUTH_MS = 1_500;

const JAAS = "org.apache.kafka.common.security";

const securitySettings = ({ authority, broker, passwords }: { authority: Authority; broker: Identity; passwords: Passwords }) => ({
  "ssl.keystore.type": "PEM",
  "ssl.keystore.certificate.chain": inLine(broker.certificate),
  "ssl.keystore.key": inLine(broker.key),
  "ssl.truststore.type": "PEM",
  "ssl.truststore.location": authority.certificateFile,
  "ssl.client.auth": "none",
  "listener.name.mutual.ssl.client.auth": "required",
  "listener.name.login.connections.max.reauth.ms": REAUTH_MS,
  "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
  "listener.name.login.plain.sasl.jaas.config": `${JAAS}.plain.PlainLoginModule required user_${passwords.user}="${passwords.plain}";`,
  "listener.name.login.scram-sha-256.sasl.jaas.config": `${JAAS}.scram.ScramLoginModule required;`,
  "listener.name.login.scram-sha-512.sasl.jaas.config": `${JAAS}.scram.ScramLoginModule required;`,
});

/** A text of several lines as the value of one property. */
const inLine = (pem: string): string => pem.trim().replaceAll("\n", "\\n");
