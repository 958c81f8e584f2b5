import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Admin, connectionsApiChannel } from "@platformatic/kafka";
import { makeAuthority, securedKafka as server, type SecuredKafka } from "@tillsync/test-servers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestDatabase } from "../../db/testing/open-test-database.ts";
import { until } from "../../destinations/testing/run-dispatcher.ts";
import { noContext, testPorts } from "../testing/context.ts";
import { dispatchTo, logDay } from "../testing/dispatch-to.ts";
import { makeItem } from "../testing/make-item.ts";
import { installServer, named, START_MAX_MS } from "../testing/real-server.ts";
import { kafka } from "./kafka.ts";
import { kafkaConfigSchema } from "./manifest.ts";

const installed = await installServer(server);
/** Deadline of everything here: whatever hangs is seen by it. */
const TIMEOUT_MS = 5_000;
const WRONG = "not-the-password";

describe.skipIf(installed.missing !== undefined)(named("a real Kafka broker behind TLS, certificates and log-ins", installed), () => {
  const folder = mkdtempSync(join(tmpdir(), "tillsync-kafka-tls-"));
  const foreign = makeAuthority(folder, "foreign-authority");
  const stranger = foreign.issue("tillsync");
  let broker: SecuredKafka;
  let admin: Admin;
  beforeAll(async () => {
    broker = await server.start(installed.folder);
    admin = new Admin({ clientId: "test", bootstrapBrokers: [`localhost:${broker.ports.plain}`] });
  }, START_MAX_MS);
  afterAll(async () => {
    await admin.close();
    await broker.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function createTopic(): Promise<string> {
    const topic = `t-${randomBytes(4).toString("hex")}`;
    await admin.createTopics({ topics: [topic], partitions: 1, replicas: 1 });
    return topic;
  }

  async function countRecords(topic: string): Promise<number> {
    const offsets = await admin.listOffsets({ topics: [{ name: topic, partitions: [{ partitionIndex: 0, timestamp: -1n }] }] });
    return Number(offsets[0]?.partitions[0]?.offset);
  }

  type Port = "plain" | "tls" | "mutual" | "login";
  const fileOf = (topic: string, port: Port, extra: object = {}, host = "localhost") => ({
    brokers: [`${host}:${broker.ports[port]}`],
    topic,
    tls: "verify",
    ca: broker.authority.certificate,
    allowPrivateNetwork: true,
    timeoutMs: TIMEOUT_MS,
    ...extra,
  });
  const open = (file: object) => kafka.open(kafkaConfigSchema.parse(file), testPorts());
  const sasl = (mechanism: string, secret: string, user = broker.login.user) => ({ sasl: { mechanism, user }, secret });
  const ourCertificate = () => ({ clientCertificate: broker.client.certificate, clientKey: broker.client.key });

  test.each<[string, Port, () => object]>([
    ["TLS", "tls", () => ({})],
    ["TLS with a certificate of ours", "mutual", ourCertificate],
    ["PLAIN over TLS", "login", () => sasl("PLAIN", broker.login.plain)],
    ["SCRAM-SHA-256 over TLS", "login", () => sasl("SCRAM-SHA-256", broker.login.scram256)],
    ["SCRAM-SHA-512 over TLS", "login", () => sasl("SCRAM-SHA-512", broker.login.scram512)],
  ])("%s: a record arrives", async (_, port, extra) => {
    const topic = await createTopic();
    const session = open(fileOf(topic, port, extra()));
    expect(await session.probe?.()).toEqual({ kind: "ready", detail: `topic ${topic}: 1 partitions, 1 brokers` });
    expect(await session.send(makeItem(), noContext)).toEqual({ kind: "delivered" });
    await session.close();
    expect(await countRecords(topic)).toBe(1);
  });

  test.concurrent.each<[string, Port, () => object, string, string]>([
    ["a wrong password (PLAIN)", "login", () => sasl("PLAIN", WRONG), "set-up", "Kafka SASL_AUTHENTICATION_FAILED"],
    ["a wrong password (SCRAM)", "login", () => sasl("SCRAM-SHA-512", WRONG), "set-up", "Kafka SASL_AUTHENTICATION_FAILED"],
    ["an unknown user", "login", () => sasl("SCRAM-SHA-512", WRONG, "nobody"), "set-up", "Kafka SASL_AUTHENTICATION_FAILED"],
    ["no log-in where one is asked for", "login", () => ({}), "theirs", "do sasl and tls match theirs?"],
    ["a log-in where none is known", "tls", () => sasl("PLAIN", WRONG), "set-up", "Kafka ILLEGAL_SASL_STATE"],
    ["an authority unknown to us", "tls", () => ({ ca: foreign.certificate }), "set-up", "TLS: UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
    ["an authority unknown to the system", "tls", () => ({ ca: undefined }), "set-up", "TLS: UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
    ["no certificate of ours where one is asked for", "mutual", () => ({}), "set-up", "ALERT_BAD_CERTIFICATE"],
    [
      "a certificate of ours that the broker does not know",
      "mutual",
      () => ({ clientCertificate: stranger.certificate, clientKey: stranger.key }),
      "set-up",
      "ALERT_CERTIFICATE_UNKNOWN",
    ],
    ["no TLS to a port with TLS", "tls", () => ({ tls: "off", ca: undefined }), "set-up", "Broker requires TLS."],
    [
      "a log-in without TLS to a port with TLS",
      "login",
      () => ({ tls: "off", ca: undefined, ...sasl("PLAIN", WRONG) }),
      "theirs",
      "do sasl and tls match theirs?",
    ],
    ["TLS to a port without", "plain", () => ({}), "set-up", "TLS handshake failed"],
  ])("%s: told within the deadline, no secret in it, and nothing arrives", async (_, port, extra, kind, detail) => {
    const topic = await createTopic();
    const session = open(fileOf(topic, port, extra()));
    const before = performance.now();
    const result = await session.send(makeItem(), noContext);
    expect(performance.now() - before).toBeLessThan(TIMEOUT_MS);
    expect(result).toEqual({ kind, detail: expect.stringContaining(detail) });
    expect(JSON.stringify(result)).not.toMatch(/not-the-password|BEGIN/);
    await session.close();
    expect(await countRecords(topic)).toBe(0);
  });

  test("a certificate for another name is refused, though a known authority signed it", async () => {
    const session = open(fileOf(await createTopic(), "tls", {}, "127.0.0.1"));
    expect(await session.send(makeItem(), noContext)).toEqual({ kind: "set-up", detail: "TLS: ERR_TLS_CERT_ALTNAME_INVALID" });
    await session.close();
  });

  test("a connection that must log in anew every now and then loses and doubles nothing", async () => {
    const topic = await createTopic();
    const session = open(fileOf(topic, "login", sasl("SCRAM-SHA-512", broker.login.scram512)));
    const logIns = countLogIns();
    let sent = 0;
    // The first, and two more: without them the broker would cut the connection off.
    while (logIns.most() < 3) {
      expect(await session.send(makeItem({ identity: `tx_${sent}`, tpos: sent }), noContext)).toEqual({ kind: "delivered" });
      sent += 1;
      await testPorts().sleep(10);
    }
    logIns.stop();
    await session.close();
    expect(await countRecords(topic)).toBe(sent);
  });

  test("a day goes through the dispatcher by SCRAM over TLS: each item once", async () => {
    const db = await openTestDatabase();
    const log = await logDay(db, 200);
    const topic = await createTopic();
    const scram = sasl("SCRAM-SHA-512", broker.login.scram512);
    const run = await dispatchTo(db, { ...fileOf(topic, "login", scram), name: "kafka", kind: "kafka" });
    await until(db, (now) => now.delivered === log.length && now.exceptions === 0, 60_000);
    await run.stop();
    await db.close();
    expect([...run.seen.keys()]).toEqual(["delivered"]);
    expect(await countRecords(topic)).toBe(log.length);
  });
});

const SASL_AUTHENTICATE = 36;
/** SCRAM has two questions to a log-in. */
const QUESTIONS = 2;

/** How often the connection that logged in most often did so, as the client's own diagnostics tell. */
function countLogIns(): { most(): number; stop(): void } {
  const asked = new Map<unknown, number>();
  const heard = {
    start: (message: { apiKey?: number; connection?: unknown }) => {
      if (message.apiKey === SASL_AUTHENTICATE) asked.set(message.connection, (asked.get(message.connection) ?? 0) + 1);
    },
  };
  connectionsApiChannel.subscribe(heard as never);
  return {
    most: () => Math.max(0, ...asked.values()) / QUESTIONS,
    stop: () => connectionsApiChannel.unsubscribe(heard as never),
  };
}
