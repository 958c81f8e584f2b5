import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Connection } from "rabbitmq-client";
import { makeAuthority, securedRabbitmq as server, type SecuredRabbitmq } from "@tillsync/test-servers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestDatabase } from "../../db/testing/open-test-database.ts";
import { until } from "../../destinations/testing/run-dispatcher.ts";
import { noContext, testPorts } from "../testing/context.ts";
import { dispatchTo, logDay } from "../testing/dispatch-to.ts";
import { makeItem } from "../testing/make-item.ts";
import { installServer, named, START_MAX_MS } from "../testing/real-server.ts";
import { rabbitmqConfigSchema } from "./manifest.ts";
import { rabbitmq } from "./rabbitmq.ts";

const installed = await installServer(server);
/** Deadline of everything here: whatever hangs is seen by it. */
const TIMEOUT_MS = 5_000;
/** A classic one: it counts what was confirmed at once. */
const QUEUE = "seen";
const WRONG = "not-the-password";

describe.skipIf(installed.missing !== undefined)(named("a real RabbitMQ behind TLS", installed), () => {
  const folder = mkdtempSync(join(tmpdir(), "tillsync-amqps-"));
  const foreign = makeAuthority(folder, "foreign-authority");
  const stranger = foreign.issue("tillsync");
  let broker: SecuredRabbitmq;
  let admin: Connection;
  beforeAll(async () => {
    broker = await server.start(installed.folder);
    const { user, password } = broker.login;
    admin = new Connection({ hostname: "127.0.0.1", port: broker.ports.plain, username: user, password });
    admin.on("error", () => undefined);
    await admin.queueDeclare({ queue: QUEUE, durable: true });
    await admin.queueBind({ queue: QUEUE, exchange: "tillsync", routingKey: "transaction.#" });
  }, START_MAX_MS);
  afterAll(async () => {
    await admin.close();
    await broker.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const arrived = async (): Promise<number> => (await admin.queueDeclare({ queue: QUEUE, passive: true })).messageCount;

  type Port = keyof SecuredRabbitmq["ports"];
  const fileOf = (port: Port, extra: object = {}, host = "localhost") => ({
    urls: [`amqp://${host}:${broker.ports[port]}/`],
    user: broker.login.user,
    secret: broker.login.password,
    tls: "verify",
    ca: broker.authority.certificate,
    allowPrivateNetwork: true,
    timeoutMs: TIMEOUT_MS,
    ...extra,
  });
  const open = (file: object) => rabbitmq.open(rabbitmqConfigSchema.parse(file), testPorts());
  const ourCertificate = () => ({ clientCertificate: broker.client.certificate, clientKey: broker.client.key });

  test.each<[string, Port, () => object]>([
    ["TLS", "tls", () => ({})],
    ["TLS with a certificate of ours where one is not asked for", "tls", ourCertificate],
    ["TLS with a certificate of ours where one is asked for", "mutual", ourCertificate],
  ])("%s: a message is confirmed and in the queue", async (_, port, extra) => {
    const before = await arrived();
    const session = open(fileOf(port, extra()));
    expect(await session.probe?.()).toEqual({ kind: "ready", detail: "logged in; exchange tillsync is there" });
    expect(await session.send(makeItem(), noContext)).toEqual({ kind: "delivered" });
    await session.close();
    expect(await arrived()).toBe(before + 1);
  });

  test.each<[string, Port, () => object, string]>([
    ["a wrong password", "tls", () => ({ secret: WRONG }), "AMQP ACCESS_REFUSED"],
    ["an authority unknown to us", "tls", () => ({ ca: foreign.certificate }), "TLS: SELF_SIGNED_CERT_IN_CHAIN"],
    ["an authority unknown to the system", "tls", () => ({ ca: undefined }), "TLS: SELF_SIGNED_CERT_IN_CHAIN"],
    ["no certificate of ours where one is asked for", "mutual", () => ({}), "ALERT_CERTIFICATE_REQUIRED"],
    [
      "a certificate of ours that the broker does not know",
      "mutual",
      () => ({ clientCertificate: stranger.certificate, clientKey: stranger.key }),
      "ALERT_UNKNOWN_CA",
    ],
    ["no TLS to a port with TLS", "tls", () => ({ tls: "off", ca: undefined }), "AMQP TLS_EXPECTED"],
    ["TLS to a port without", "plain", () => ({}), "TLS: EPROTO"],
  ])("%s: the set-up's within the deadline, no secret in it, and nothing arrives", async (_, port, extra, detail) => {
    const before = await arrived();
    const session = open(fileOf(port, extra()));
    const began = performance.now();
    const result = await session.send(makeItem(), noContext);
    expect(performance.now() - began).toBeLessThan(TIMEOUT_MS);
    expect(result).toEqual({ kind: "set-up", detail: expect.stringContaining(detail) });
    expect(JSON.stringify(result)).not.toMatch(/not-the-password|BEGIN/);
    await session.close();
    expect(await arrived()).toBe(before);
  });

  test("a certificate for another name is refused, though a known authority signed it", async () => {
    const session = open(fileOf("tls", {}, "127.0.0.1"));
    expect(await session.send(makeItem(), noContext)).toEqual({ kind: "set-up", detail: "TLS: ERR_TLS_CERT_ALTNAME_INVALID" });
    await session.close();
  });

  test("a day goes through the dispatcher over TLS: each item once", async () => {
    const db = await openTestDatabase();
    const log = await logDay(db, 200);
    const before = await arrived();
    const run = await dispatchTo(db, { ...fileOf("mutual", ourCertificate()), name: "bus", kind: "rabbitmq" });
    await until(db, (now) => now.delivered === log.length && now.exceptions === 0, 60_000);
    await run.stop();
    await db.close();
    expect([...run.seen.keys()]).toEqual(["delivered"]);
    expect(await arrived()).toBe(before + log.length);
  });
});
