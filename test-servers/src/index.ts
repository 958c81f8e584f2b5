import { kafka } from "./kafka/kafka.ts";
import { medusa } from "./medusa/medusa.ts";
import { postgres } from "./postgres/postgres.ts";
import { rabbitmq } from "./rabbitmq/rabbitmq.ts";
import type { TestServer } from "./test-server.ts";
import { tryton } from "./tryton/tryton.ts";
import { vendure } from "./vendure/vendure.ts";

export type { KafkaCluster } from "./kafka/kafka.ts";
export { CannotInstall } from "./process/install-debian.ts";
export { kafka } from "./kafka/kafka.ts";
export { securedKafka, type SecuredKafka } from "./kafka/secured-kafka.ts";
export { securedRabbitmq, type SecuredRabbitmq } from "./rabbitmq/secured-rabbitmq.ts";
export { hasOpenssl } from "./tls/has-openssl.ts";
export { makeAuthority, type Authority } from "./tls/make-authority.ts";
export type { RunningServer, StartOptions, TestServer } from "./test-server.ts";

/** By name, as `npm run servers -- NAME` takes them. */
export const testServers: Readonly<Record<string, TestServer>> = { kafka, medusa, postgres, rabbitmq, tryton, vendure };
