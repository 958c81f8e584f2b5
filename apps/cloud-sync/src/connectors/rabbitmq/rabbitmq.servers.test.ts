import { randomBytes } from "node:crypto";
import { Connection } from "rabbitmq-client";
import { testServers, type RunningServer } from "@tillsync/test-servers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Database } from "../../db/database.ts";
import { openTestDatabase } from "../../db/testing/open-test-database.ts";
import { until } from "../../destinations/testing/run-dispatcher.ts";
import { noContext, testPorts } from "../testing/context.ts";
import { compareArrived, dispatchTo, logDay } from "../testing/dispatch-to.ts";
import { makeItem } from "../testing/make-item.ts";
import { installServer, named, START_MAX_MS } from "../testing/real-server.ts";
import { rabbitmqConfigSchema } from "./manifest.ts";
import { rabbitmq } from "./rabbitmq.ts";

const broker = testServers["rabbitmq"]!;
const installed = await installServer(broker);

describe.skipIf(installed.missing !== undefined)(named("a real RabbitMQ", installed), () => {
  let server: RunningServer;
  let db: Database;
  let admin: Connection;
  beforeAll(async () => {
    server = await broker.start(installed.folder, {});
    db = await openTestDatabase();
    admin = connect();
  }, START_MAX_MS);
  afterAll(async () => {
    await admin.close();
    await server.stop();
    await db.close();
  });

  function connect(): Connection {
    const { url, user, password } = server.facts;
    const connection = new Connection({
      url: String(url).replace("//", `//${String(user)}:${String(password)}@`),
      retryLow: 100,
      retryHigh: 500,
    });
    connection.on("error", () => undefined);
    return connection;
  }

  const open = (extra: object = {}) => {
    const { name: _name, kind: _kind, ...own } = server.destination;
    return rabbitmq.open(rabbitmqConfigSchema.parse({ ...own, ...extra }), testPorts());
  };

  interface Arrival {
    readonly id: string;
    readonly key: string;
    readonly replay: boolean;
    readonly body: { id: string; data: { transaction: { reported: { grand: string } } } };
  }

  /** Takes everything from a queue, also after the broker was away. */
  function consume(queue: string): { arrivals: Arrival[]; close(): Promise<void> } {
    const connection = connect();
    const arrivals: Arrival[] = [];
    const options = { queue, passive: true };
    const consumer = connection.createConsumer({ queue, queueOptions: options, qos: { prefetchCount: 50 } }, (message) => {
      const { messageId = "", headers = {}, body } = message;
      const text = Buffer.isBuffer(body) ? body.toString() : String(body);
      arrivals.push({
        id: messageId,
        key: String(headers["tillsync-key"]),
        replay: headers["tillsync-replay"] === true,
        body: JSON.parse(text) as Arrival["body"],
      });
    });
    consumer.on("error", () => undefined);
    return {
      arrivals,
      close: async () => {
        await consumer.close();
        await connection.close();
      },
    };
  }

  async function emptied(arrivals: readonly unknown[], count: () => boolean): Promise<void> {
    for (let quiet = 0, before = -1; quiet < 20; before = arrivals.length) {
      await testPorts().sleep(25);
      quiet = count() && arrivals.length === before ? quiet + 1 : 0;
    }
  }

  test("the broker is killed in the middle: every item arrives, each key's in order; those dropped by id give exactly the log", async () => {
    const log = await logDay(db, 2_000);
    const consumer = consume(String(server.facts["queue"]));
    const run = await dispatchTo(db, server.destination, { batchItemsMax: 50, paceMs: 20 });
    await until(db, (now) => now.delivered > log.length * 0.3, 180_000);
    await server.kill();
    server = await broker.start(installed.folder, { keepState: true, port: Number(server.facts["port"]) });
    await until(db, (now) => now.delivered === log.length && now.exceptions === 0, 180_000);
    await run.stop();
    const { arrivals } = consumer;
    await emptied(arrivals, () => new Set(arrivals.map(({ id }) => id)).size === log.length);
    await consumer.close();
    expect((run.seen.get("theirs") ?? 0) + (run.seen.get("uncertain") ?? 0)).toBeGreaterThan(0);
    const ids = arrivals.map(({ id }) => id);
    expect(compareArrived(log, ids)).toEqual({ missing: [], foreign: [], outOfOrder: [] });
    const once = [...new Map(arrivals.map((one) => [one.id, one])).values()];
    const sum = once.reduce((total, { body }) => total + BigInt(body.data.transaction.reported.grand), 0n);
    expect(sum).toBe(log.reduce((total, { grand }) => total + grand, 0n));
    expect(arrivals.every(({ id, body }) => body.id === id)).toBe(true);
    // Negative controls: the comparison notices a loss, and an item of a key before an earlier one of it.
    expect(
      compareArrived(
        log,
        ids.filter((id) => id !== log[7]?.identity),
      ).missing,
    ).toHaveLength(1);
    const [a, b] = log.filter((one, _, all) => all.some((other) => other !== one && other.orderingKey === one.orderingKey));
    const key = log.filter(({ orderingKey }) => orderingKey === a?.orderingKey).map(({ identity }) => identity);
    expect(b).toBeDefined();
    expect(compareArrived(log, [...key.toReversed(), ...ids]).outOfOrder.length).toBeGreaterThan(0);
  });

  test("what no queue takes is not delivered, though the broker confirms it", async () => {
    const exchange = `lonely-${randomBytes(4).toString("hex")}`;
    const queue = `${exchange}-q`;
    await admin.exchangeDeclare({ exchange, type: "topic" });
    const fixed = open({ exchange, routingKey: "all" });
    expect(await fixed.send(makeItem(), noContext)).toEqual({ kind: "set-up", detail: "no queue takes routing key all" });
    // Negative control: the confirmation alone would have called it delivered.
    const publisher = admin.createPublisher({ confirm: true });
    await expect(publisher.send({ exchange, routingKey: "all", mandatory: true }, "x")).resolves.toBeUndefined();
    await publisher.close();
    // With a key of the item's own, one store's missing queue holds up that store alone.
    await admin.queueDeclare({ queue, durable: true });
    await admin.queueBind({ exchange, queue, routingKey: "t.here" });
    const each = open({ exchange, routingKey: "t.{store}" });
    const items = Array.from({ length: 40 }, (_, i) =>
      makeItem({ identity: `tx_${i}`, orderingKey: `k${i}`, store: i % 2 === 0 ? "here" : "a.way" }),
    );
    const results = (await each.sendMany?.(items, noContext)) ?? [];
    expect(results.map(({ kind }) => kind)).toEqual(items.map((_, i) => (i % 2 === 0 ? "delivered" : "theirs")));
    expect(results[1]).toEqual({ kind: "theirs", detail: "no queue takes routing key t.a_way" });
    expect((await admin.queueDeclare({ queue, durable: true })).messageCount).toBe(20);
    await admin.queueBind({ exchange, queue, routingKey: "all" });
    expect(await fixed.send(makeItem(), noContext)).toEqual({ kind: "delivered" });
    await Promise.all([fixed.close(), each.close()]);
  });

  test("a missing exchange, a wrong password, a missing virtual host and a missing right are the set-up's; a correction is taken up", async () => {
    const exchange = `later-${randomBytes(4).toString("hex")}`;
    const session = open({ exchange, routingKey: "all" });
    const items = [makeItem({ orderingKey: "a" }), makeItem({ orderingKey: "b" })];
    expect(await session.sendMany?.(items, noContext)).toEqual(items.map(() => ({ kind: "set-up", detail: "AMQP NOT_FOUND" })));
    expect(await session.probe?.()).toEqual({ kind: "set-up", detail: "AMQP NOT_FOUND" });
    await admin.exchangeDeclare({ exchange, type: "fanout" });
    expect(await session.probe?.()).toEqual({ kind: "ready", detail: `logged in; exchange ${exchange} is there` });
    await admin.queueDeclare({ queue: exchange, durable: true });
    await admin.queueBind({ exchange, queue: exchange });
    expect((await session.sendMany?.(items, noContext))?.map(({ kind }) => kind)).toEqual(["delivered", "delivered"]);
    // It goes away while we are connected: nothing of it may count as delivered.
    await admin.exchangeDelete({ exchange });
    expect(new Set((await session.sendMany?.(items, noContext))?.map(({ kind }) => kind))).toEqual(new Set(["set-up"]));
    await session.close();
    const port = Number(server.facts["port"]);
    for (const [extra, detail] of [
      [{ secret: "wrong" }, "AMQP ACCESS_REFUSED"],
      [{ urls: [`amqp://127.0.0.1:${port}/missing`] }, "AMQP NOT_ALLOWED"],
      [{ exchange: "amq.rabbitmq.log" }, "AMQP"],
      [{ tls: "verify" }, "TLS"],
    ] as const) {
      const bad = open(extra);
      expect(await bad.send(makeItem(), noContext)).toMatchObject({ kind: "set-up", detail: expect.stringContaining(detail) });
      await bad.close();
    }
  });

  test("a queue that refuses what is over its length is theirs; of a key nothing past it is delivered", async () => {
    const queue = `full-${randomBytes(4).toString("hex")}`;
    await admin.queueDeclare({ queue, durable: true, arguments: { "x-max-length": 3, "x-overflow": "reject-publish" } });
    const session = open({ exchange: "", routingKey: queue });
    const items = Array.from({ length: 8 }, (_, i) => makeItem({ identity: `tx_${i}`, orderingKey: "one", tpos: i }));
    const results = (await session.sendMany?.(items, noContext)) ?? [];
    const delivered = results.findIndex(({ kind }) => kind !== "delivered");
    expect(delivered).toBeGreaterThanOrEqual(3);
    expect(results.slice(delivered).every(({ kind }) => kind === "theirs")).toBe(true);
    expect(results[delivered]).toMatchObject({ detail: expect.stringContaining("NACK") });
    expect((await admin.queueDeclare({ queue, passive: true })).messageCount).toBe(delivered);
    await session.close();
  });

  test("messages are persistent, bear their id and headers, and a replay is marked", async () => {
    const queue = `seen-${randomBytes(4).toString("hex")}`;
    await admin.queueDeclare({ queue, durable: true });
    const session = open({ exchange: "", routingKey: queue });
    const item = makeItem({ revision: 2, replay: true });
    expect(await session.send(item, noContext)).toEqual({ kind: "delivered" });
    const message = await admin.basicGet({ queue, noAck: true });
    expect(message).toMatchObject({
      messageId: item.identity,
      durable: true,
      contentType: "application/cloudevents+json",
      timestamp: Date.UTC(2026, 10, 20) / 1_000,
      headers: {
        "tillsync-key": item.orderingKey,
        "tillsync-sequence": "0000000000000042",
        "tillsync-revision": 2,
        "tillsync-replay": true,
      },
    });
    expect(JSON.parse(String(message?.body))).toMatchObject({ specversion: "1.0", id: item.identity });
    await session.close();
  });

  test("a message over the broker's size is refused alone; what was beside it is delivered", async () => {
    const queue = `size-${randomBytes(4).toString("hex")}`;
    await admin.queueDeclare({ queue, durable: true });
    const session = open({ exchange: "", routingKey: queue });
    const extensions = { till: Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`f${i}`, "x".repeat(1_000)])) };
    const large = { ...makeItem().transaction, extensions };
    const items = Array.from({ length: 20 }, (_, i) =>
      makeItem({ identity: `tx_${i}`, orderingKey: i === 12 ? "k7" : `k${i}`, tpos: i, ...(i === 7 ? { transaction: large } : {}) }),
    );
    const results = (await session.sendMany?.(items, noContext)) ?? [];
    expect(results[7]).toEqual({ kind: "rejected", detail: "AMQP PRECONDITION_FAILED" });
    expect(results[12]).toMatchObject({ kind: "theirs" });
    expect(results.filter(({ kind }) => kind === "delivered")).toHaveLength(18);
    const ids = new Set<string>();
    for (let left = true; left;) {
      const message = await admin.basicGet({ queue, noAck: true });
      left = message !== undefined;
      if (message !== undefined) ids.add(message.messageId ?? "");
    }
    expect(ids.size).toBe(18);
    await session.close();
  });
});
