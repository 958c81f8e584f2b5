import { randomBytes } from "node:crypto";
import { Admin, Consumer } from "@platformatic/kafka";
import { kafka as server, type KafkaCluster } from "@tillsync/test-servers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Database } from "../../db/database.ts";
import { openTestDatabase } from "../../db/testing/open-test-database.ts";
import { until } from "../../destinations/testing/run-dispatcher.ts";
import { noContext, testPorts } from "../testing/context.ts";
import { compareArrived, dispatchTo, logDay, type Logged } from "../testing/dispatch-to.ts";
import { makeItem } from "../testing/make-item.ts";
import { installServer, named, START_MAX_MS } from "../testing/real-server.ts";
import { kafka } from "./kafka.ts";
import { kafkaConfigSchema } from "./manifest.ts";

const installed = await installServer(server);

describe.skipIf(installed.missing !== undefined)(named("a real Kafka cluster", installed), () => {
  let cluster: KafkaCluster;
  let db: Database;
  let admin: Admin;
  beforeAll(async () => {
    cluster = await server.start(installed.folder, {});
    db = await openTestDatabase();
    admin = new Admin({ clientId: "test", bootstrapBrokers: brokers() });
  }, START_MAX_MS);
  afterAll(async () => {
    await admin.close();
    await cluster.stop();
    await db.close();
  });

  const brokers = (): string[] => cluster.facts["brokers"] as string[];
  const open = (extra: object = {}) => {
    const { name: _name, kind: _kind, ...own } = cluster.destination;
    return kafka.open(kafkaConfigSchema.parse({ ...own, ...extra }), testPorts());
  };

  async function createTopic(configs: { name: string; value: string }[] = [], partitions = 3): Promise<string> {
    const topic = `t-${randomBytes(4).toString("hex")}`;
    await admin.createTopics({ topics: [topic], partitions, replicas: 3, configs });
    return topic;
  }

  interface Arrival {
    readonly id: string;
    readonly key: string;
    readonly partition: number;
    readonly offset: bigint;
    readonly grand: bigint;
    readonly headers: Record<string, string>;
  }

  /** Everything that a topic holds, as a consumer group reads it from the beginning. */
  async function readTopic(topic: string, count: number): Promise<Arrival[]> {
    const consumer = new Consumer({
      clientId: "test",
      groupId: `g-${randomBytes(4).toString("hex")}`,
      bootstrapBrokers: brokers(),
      autocommit: false,
    });
    const stream = await consumer.consume({ topics: [topic], mode: "earliest", sessionTimeout: 10_000, heartbeatInterval: 1_000 });
    const arrivals: Arrival[] = [];
    for await (const { key, value, headers, partition, offset } of stream) {
      const event = JSON.parse(value.toString()) as { id: string; data: { transaction: { reported: { grand: string } } } };
      const named = Object.fromEntries([...headers].map(([name, text]) => [name.toString(), text.toString()]));
      expect(event.id).toBe(named["tillsync-id"]);
      arrivals.push({
        id: event.id,
        key: key.toString(),
        partition,
        offset,
        grand: BigInt(event.data.transaction.reported.grand),
        headers: named,
      });
      if (arrivals.length >= count) break;
    }
    await consumer.close(true);
    return arrivals;
  }

  /** How many records a topic holds. */
  async function countRecords(topic: string, partitions: number): Promise<number> {
    const offsets = await admin.listOffsets({
      topics: [
        { name: topic, partitions: Array.from({ length: partitions }, (_, partitionIndex) => ({ partitionIndex, timestamp: -1n })) },
      ],
    });
    return offsets.flatMap(({ partitions: parts }) => parts).reduce((sum, { offset }) => sum + Number(offset), 0);
  }

  const leaderOf = async (topic: string, partition: number): Promise<number> => {
    const metadata = await admin.metadata({ topics: [topic], forceUpdate: true });
    return metadata.topics.get(topic)?.partitions[partition]?.leader ?? 0;
  };

  function checkArrived(log: readonly Logged[], arrivals: readonly Arrival[]): void {
    // Order is that of a partition; a key stays in one.
    const inOrder = [...Map.groupBy(arrivals, ({ partition }) => partition).values()].flatMap((part) =>
      part.toSorted((a, b) => (a.offset < b.offset ? -1 : 1)),
    );
    expect(
      compareArrived(
        log,
        inOrder.map(({ id }) => id),
      ),
    ).toEqual({ missing: [], foreign: [], outOfOrder: [] });
    const partitions = Map.groupBy(arrivals, ({ key }) => key);
    expect([...partitions.values()].filter((part) => new Set(part.map(({ partition }) => partition)).size > 1)).toEqual([]);
    const once = [...new Map(arrivals.map((one) => [one.id, one])).values()];
    expect(once.reduce((sum, { grand }) => sum + grand, 0n)).toBe(log.reduce((sum, { grand }) => sum + grand, 0n));
  }

  test("a leader is killed in the middle and comes back, and so does the dispatcher: nothing is lost, each key is in order", async () => {
    const log = await logDay(db, 2_000);
    const topic = await createTopic([], 6);
    const file = { ...cluster.destination, topic };
    const first = await dispatchTo(db, file, { batchItemsMax: 50, paceMs: 20 });
    await until(db, (now) => now.delivered > log.length * 0.25, 180_000);
    const victim = await leaderOf(topic, 0);
    await cluster.killNode(victim);
    await until(db, (now) => now.delivered > log.length * 0.6, 180_000);
    await first.kill();
    // The producer's own repeats were dropped by the brokers: within its life each item is there once.
    const early = (await readTopic(topic, await countRecords(topic, 6))).map(({ id }) => id);
    expect(early.length).toBeGreaterThan(log.length * 0.6);
    if (!first.seen.has("uncertain")) expect(early.length).toBe(new Set(early).size);
    const second = await dispatchTo(db, file, { batchItemsMax: 50, paceMs: 20 });
    await cluster.startNode(victim);
    await until(db, (now) => now.delivered === log.length && now.exceptions === 0, 180_000);
    await second.stop();
    const count = await countRecords(topic, 6);
    const arrivals = await readTopic(topic, count);
    checkArrived(log, arrivals);
    // Negative controls: a loss and a key out of order are noticed.
    expect(
      compareArrived(
        log,
        arrivals
          .slice(1)
          .map(({ id }) => id)
          .filter((id) => id !== arrivals[0]?.id),
      ).missing,
    ).toHaveLength(1);
  });

  test("a missing topic is the set-up's, and is found once it is there", async () => {
    const topic = `t-${randomBytes(4).toString("hex")}`;
    const session = open({ topic });
    const items = [makeItem({ orderingKey: "a" }), makeItem({ orderingKey: "b" })];
    const missing = { kind: "set-up", detail: `Kafka: Unknown topic ${topic}.` };
    expect(await session.sendMany?.(items, noContext)).toEqual([missing, missing]);
    expect(await session.probe?.()).toEqual(missing);
    await admin.createTopics({ topics: [topic], partitions: 1, replicas: 3 });
    await leaderOf(topic, 0);
    expect(await session.probe?.()).toEqual({ kind: "ready", detail: `topic ${topic}: 1 partitions, 3 brokers` });
    expect((await session.sendMany?.(items, noContext))?.map(({ kind }) => kind)).toEqual(["delivered", "delivered"]);
    await session.close();
  });

  test("a batch over the topic's limit goes in parts; a record over it is refused alone, and only its key waits", async () => {
    const topic = await createTopic([{ name: "max.message.bytes", value: "20000" }], 1);
    const session = open({ topic });
    const extensions = { till: Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`f${i}`, "x".repeat(900)])) };
    const large = { ...makeItem().transaction, extensions };
    const items = Array.from({ length: 100 }, (_, i) =>
      makeItem({
        identity: `tx_${i}`,
        orderingKey: i === 60 ? "k40" : `k${i}`,
        tpos: i,
        ...(i === 40 ? { transaction: large } : {}),
      }),
    );
    const results = (await session.sendMany?.(items, noContext)) ?? [];
    expect(results[40]).toEqual({ kind: "rejected", detail: "Kafka MESSAGE_TOO_LARGE" });
    expect(results[60]).toMatchObject({ kind: "theirs" });
    expect(results.filter(({ kind }) => kind === "delivered")).toHaveLength(98);
    expect(await countRecords(topic, 1)).toBe(98);
    await session.close();
  });

  test("records bear key, id and headers, and a replay is marked; compressed ones read the same", async () => {
    const topic = await createTopic();
    const item = makeItem({ revision: 2, replay: true });
    for (const compression of ["none", "gzip", "zstd"]) {
      const session = open({ topic, compression });
      expect(await session.send(item, noContext)).toEqual({ kind: "delivered" });
      await session.close();
    }
    const arrivals = await readTopic(topic, 3);
    for (const arrival of arrivals)
      expect(arrival).toMatchObject({
        key: item.orderingKey,
        id: item.identity,
        grand: 1_250n,
        headers: {
          "content-type": "application/cloudevents+json",
          "tillsync-sequence": "0000000000000042",
          "tillsync-revision": "2",
          "tillsync-replay": "true",
        },
      });
    expect(new Set(arrivals.map(({ partition }) => partition)).size).toBe(1);
  });

  test("too few replicas in sync are theirs; a leader that hangs leaves it uncertain, and the next attempt finds the new one", async () => {
    const strict = await createTopic([{ name: "min.insync.replicas", value: "3" }], 1);
    const loose = await createTopic([], 1);
    const hung = await leaderOf(loose, 0);
    const hungFirst = brokers().toSorted((a, b) => Number(b === brokers()[hung - 1]) - Number(a === brokers()[hung - 1]));
    const session = open({ topic: loose, brokers: hungFirst, timeoutMs: 2_500 });
    expect(await session.send(makeItem(), noContext)).toEqual({ kind: "delivered" });
    const demanding = open({ topic: strict, brokers: hungFirst, timeoutMs: 2_500 });
    expect(await demanding.send(makeItem(), noContext)).toEqual({ kind: "delivered" });
    process.kill(cluster.pidOf(hung), "SIGSTOP");
    try {
      expect(await session.send(makeItem({ revision: 2 }), noContext)).toMatchObject({ kind: "uncertain" });
      expect(await untilKind(() => session.send(makeItem({ revision: 2 }), noContext), "delivered")).toBe("delivered");
      expect(await untilKind(() => demanding.send(makeItem({ revision: 2 }), noContext), "theirs")).toBe("theirs");
    } finally {
      process.kill(cluster.pidOf(hung), "SIGCONT");
    }
    await Promise.all([session.close(), demanding.close()]);
  });

  /** A dead leader is noticed within seconds: asks until the kind comes, a few times. */
  async function untilKind(send: () => Promise<{ kind: string }>, kind: string): Promise<string> {
    let last = "";
    for (let i = 0; i < 12 && last !== kind; i++) last = (await send()).kind;
    return last;
  }

  test("nobody there is theirs; a server that speaks no TLS is the set-up's; a closed line delivers nothing more", async () => {
    const gone = open({ brokers: ["127.0.0.1:1"] });
    expect(await gone.send(makeItem(), noContext)).toMatchObject({ kind: "theirs", detail: "ECONNREFUSED" });
    await gone.close();
    const secure = open({ tls: "verify", timeoutMs: 3_000 });
    expect(await secure.send(makeItem(), noContext)).toMatchObject({ kind: "set-up", detail: expect.stringContaining("TLS") });
    await secure.close();
    const closed = open();
    await closed.close();
    expect(await closed.send(makeItem(), noContext)).toMatchObject({ kind: "theirs" });
  });
});
