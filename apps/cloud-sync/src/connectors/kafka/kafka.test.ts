import { createServer, type AddressInfo } from "node:net";
import { AuthenticationError, NetworkError, ProtocolError, UserError } from "@platformatic/kafka";
import { expect, test } from "vitest";
import { AddressRefused } from "../address-guard.ts";
import type { ConnectorPorts, DeliveryItem } from "../connector.ts";
import { DeadlinePassed } from "../tcp/within.ts";
import { noContext, testPorts } from "../testing/context.ts";
import { makeItem } from "../testing/make-item.ts";
import { classifyError } from "./classify-error.ts";
import { kafka } from "./kafka.ts";
import { brokersOf, kafkaConfigSchema } from "./manifest.ts";
import type { ByteProducer } from "./open-producer.ts";
import { BATCH_BYTES_MAX, closeLine, openProducerLine, produceItems } from "./produce.ts";
import { partitionOf, recordOf } from "./record.ts";

const base = { brokers: ["k1.example:9092"], topic: "receipts" };
const configOf = (extra: object = {}) => kafkaConfigSchema.parse({ ...base, ...extra });

test.each([
  [{ brokers: [] }, "brokers"],
  [{ brokers: ["k1.example"] }, "HOST:PORT"],
  [{ brokers: ["http://k1.example:9092"] }, "HOST:PORT"],
  [{ topic: "a/b" }, "topic"],
  [{ topic: ".." }, "topic"],
  [{ topic: "x".repeat(250) }, "topic"],
  [{ tls: "off" }, "allowPrivateNetwork"],
  [{ secret: "pw" }, "sasl and secret"],
  [{ sasl: { mechanism: "PLAIN", user: "u" } }, "sasl and secret"],
  [{ sasl: { mechanism: "NONE", user: "u" }, secret: "pw" }, "mechanism"],
  [{ sasl: { mechanism: "SCRAM-SHA-512", user: "a,b,c" }, secret: "pw" }, "at most one comma"],
  [{ compression: "rar" }, "compression"],
  [{ other: 1 }, "other"],
])("refuses %o", (extra, about) => {
  expect(JSON.stringify(kafkaConfigSchema.safeParse({ ...base, ...extra }).error?.issues)).toContain(about);
});

test("brokers are read with their ports, also addresses of version 6", () => {
  expect(brokersOf({ brokers: ["k1.example:9092", "[2606:4700::1111]:9093"] })).toEqual([
    { host: "k1.example", port: 9092 },
    { host: "2606:4700::1111", port: 9093 },
  ]);
});

test("a key comes to the partition that Java's producers choose for it", () => {
  // Utils.toPositive(Utils.murmur2(key)) % partitions, from Kafka's own test of its hash: murmur2("foobar") is -790332482.
  expect(partitionOf(makeItem({ orderingKey: "foobar" }), 1_000)).toBe((-790_332_482 & 0x7fffffff) % 1_000);
  expect(partitionOf(makeItem({ orderingKey: "21" }), 1_000)).toBe((-973_932_308 & 0x7fffffff) % 1_000);
});

test("every attempt has the same record, without a timestamp of its own", () => {
  const body = Buffer.from("{}");
  expect(recordOf({ item: makeItem(), body })).toEqual(recordOf({ item: makeItem(), body }));
  expect(Object.keys(recordOf({ item: makeItem(), body }))).toEqual(["key", "value", "headers"]);
});

const many = (...errors: Error[]): Error => Object.assign(new AggregateError(errors), { code: "PLT_KFK_MULTIPLE" });

test.each([
  [new ProtocolError("TOPIC_AUTHORIZATION_FAILED"), "set-up", "set-up"],
  [new ProtocolError("NOT_ENOUGH_REPLICAS"), "theirs", "theirs"],
  [new ProtocolError("LEADER_NOT_AVAILABLE"), "theirs", "theirs"],
  [new ProtocolError("NOT_LEADER_OR_FOLLOWER"), "theirs", "theirs"],
  [new ProtocolError("NOT_ENOUGH_REPLICAS_AFTER_APPEND"), "uncertain", "theirs"],
  [new ProtocolError("REQUEST_TIMED_OUT"), "uncertain", "theirs"],
  [new ProtocolError("MESSAGE_TOO_LARGE"), "rejected", "rejected"],
  [new AuthenticationError("no", { cause: new ProtocolError("SASL_AUTHENTICATION_FAILED") }), "set-up", "set-up"],
  [new AuthenticationError("no"), "set-up", "set-up"],
  [new AuthenticationError("no", { cause: new NetworkError("closed") }), "uncertain", "theirs"],
  [many(new NetworkError("closed"), new UserError("Client closed while retrying metadata.")), "uncertain", "theirs"],
  [new UserError("Unknown topic receipts."), "set-up", "set-up"],
  [new UserError("Broker requires TLS."), "uncertain", "set-up"],
  [new NetworkError("closed"), "uncertain", "theirs"],
  [new NetworkError("no", { cause: Object.assign(new Error(), { code: "ECONNREFUSED" }) }), "theirs", "theirs"],
  [new NetworkError("no", { cause: new AddressRefused("x") }), "set-up", "set-up"],
  [new NetworkError("no", { cause: Object.assign(new Error(), { code: "SELF_SIGNED_CERT_IN_CHAIN" }) }), "set-up", "set-up"],
  [many(new NetworkError("closed"), new ProtocolError("NOT_ENOUGH_REPLICAS")), "uncertain", "theirs"],
  [many(new ProtocolError("NOT_LEADER_OR_FOLLOWER"), new ProtocolError("MESSAGE_TOO_LARGE")), "rejected", "rejected"],
  [new DeadlinePassed(), "uncertain", "theirs"],
] as const)("%s is %s once records may have left, %s before", (error, sent, before) => {
  expect(classifyError(error, true).kind).toBe(sent);
  expect(classifyError(error, false).kind).toBe(before);
});

interface Sent {
  readonly partition: number;
  readonly ids: string[];
}

/** A producer in memory: `answer` decides on each batch, by its partition and records. */
function fakeProducer(answer: (sent: Sent) => Promise<void>, partitions = 3) {
  const sent: Sent[] = [];
  let closed = 0;
  const producer = {
    metadata: () => Promise.resolve({ brokers: new Map(), topics: new Map([["receipts", { partitionsCount: partitions }]]) }),
    send: ({ messages }: { messages: { partition: number; headers: Map<Buffer, Buffer> }[] }) => {
      const ids = messages.map(({ headers }) => [...headers].find(([name]) => name.toString() === "tillsync-id")?.[1].toString() ?? "");
      const one = { partition: messages[0]?.partition ?? -1, ids };
      expect(new Set(messages.map(({ partition }) => partition)).size).toBe(1);
      sent.push(one);
      return answer(one);
    },
    close: () => Promise.resolve(void (closed += 1)),
  } as unknown as ByteProducer;
  return { producer, sent, closed: () => closed };
}

const items = (count: number, over: (i: number) => Partial<DeliveryItem> = () => ({})): DeliveryItem[] =>
  Array.from({ length: count }, (_, i) => makeItem({ identity: `tx_${i}`, orderingKey: `k${i}`, tpos: i, ...over(i) }));
const lineTo = (producer: ByteProducer, ports: ConnectorPorts = testPorts(), extra: object = {}) =>
  openProducerLine(configOf(extra), ports, () => producer);

test("one partition's failure is its own; the others are delivered", async () => {
  const bad = partitionOf(makeItem({ orderingKey: "k0" }), 3);
  const fake = fakeProducer(({ partition }) =>
    partition === bad ? Promise.reject(new ProtocolError("NOT_ENOUGH_REPLICAS")) : Promise.resolve(),
  );
  const all = items(30);
  const results = await produceItems(lineTo(fake.producer), all);
  expect(results.map(({ kind }) => kind)).toEqual(all.map((item) => (partitionOf(item, 3) === bad ? "theirs" : "delivered")));
  expect(fake.closed()).toBe(0);
});

test("a batch stays under the limit, and one that is still too large for the broker is halved down to the record", async () => {
  const extensions = { till: Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`f${i}`, "x".repeat(900)])) };
  const large = { ...makeItem().transaction, extensions };
  const fake = fakeProducer(
    ({ ids }) => (ids.includes("tx_7") ? Promise.reject(new ProtocolError("MESSAGE_TOO_LARGE")) : Promise.resolve()),
    1,
  );
  const results = await produceItems(
    lineTo(fake.producer),
    items(40, () => ({ transaction: large })),
  );
  expect(results.map(({ kind }) => kind)).toEqual(items(40).map((_, i) => (i === 7 ? "rejected" : "delivered")));
  const perRecord = Buffer.byteLength(JSON.stringify(large));
  expect(Math.max(...fake.sent.map(({ ids }) => ids.length)) * perRecord).toBeLessThan(BATCH_BYTES_MAX);
});

test("an answer that does not come is uncertain; that producer sends nothing more, and the next attempt has another", async () => {
  const silent = fakeProducer(() => new Promise(() => undefined), 1);
  const good = fakeProducer(() => Promise.resolve(), 1);
  const producers = [silent.producer, good.producer];
  const opened: number[] = [];
  const line = openProducerLine(configOf({ timeoutMs: 100 }), testPorts(), (_, nth) => {
    opened.push(nth);
    return producers.shift() as ByteProducer;
  });
  const first = produceItems(line, items(1));
  const second = produceItems(
    line,
    items(1, () => ({ identity: "tx_b", orderingKey: "b" })),
  );
  expect((await first)[0]).toEqual({ kind: "uncertain", detail: "no acknowledgement within the deadline" });
  expect((await second)[0]).toMatchObject({ kind: "theirs" });
  expect(silent.sent).toHaveLength(1);
  expect(silent.closed()).toBeGreaterThan(0);
  expect(await produceItems(line, items(1))).toEqual([{ kind: "delivered" }]);
  expect(good.sent).toHaveLength(1);
  // The second one asks another broker first: the one that hangs may be the first of the list.
  expect(opened).toEqual([0, 1]);
});

test("batches of one partition take turns: none overtakes one that is still tried", async () => {
  const gates: (() => void)[] = [];
  const fake = fakeProducer(() => new Promise((resolve) => gates.push(resolve)), 1);
  const line = lineTo(fake.producer);
  const both = [
    produceItems(line, items(1)),
    produceItems(
      line,
      items(1, () => ({ identity: "tx_b", orderingKey: "b" })),
    ),
  ];
  while (gates.length === 0) await new Promise((resolve) => setImmediate(resolve));
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
  expect(fake.sent).toHaveLength(1);
  gates[0]?.();
  await both[0];
  while (gates.length === 1) await new Promise((resolve) => setImmediate(resolve));
  gates[1]?.();
  expect((await Promise.all(both)).flat().map(({ kind }) => kind)).toEqual(["delivered", "delivered"]);
});

test("a broker that tells of a private address, a closed line, no permit: nothing is sent", async () => {
  const fake = fakeProducer(() => Promise.resolve());
  Object.assign(fake.producer, {
    metadata: () =>
      Promise.resolve({ brokers: new Map([[1, { host: "10.0.0.1" }]]), topics: new Map([["receipts", { partitionsCount: 1 }]]) }),
  });
  expect(await produceItems(lineTo(fake.producer), items(1))).toMatchObject([
    { kind: "set-up", detail: expect.stringContaining("refused") },
  ]);
  const closed = lineTo(fake.producer);
  closeLine(closed);
  expect(await produceItems(closed, items(1))).toMatchObject([{ kind: "theirs" }]);
  const waiting = lineTo(fake.producer, testPorts({ permit: () => Promise.resolve(false) }));
  expect(await produceItems(waiting, items(1))).toEqual([{ kind: "theirs", detail: "waits for the rate limit" }]);
  expect(fake.sent).toEqual([]);
});

test.each(["127.0.0.1:9092", "[::1]:9092"])("%s is refused before anything is sent", async (broker) => {
  const config = configOf({ brokers: ["k1.example:9092", broker] });
  expect(() => kafka.check(config)).toThrow("private network");
  const session = kafka.open(config, testPorts());
  expect(await session.send(makeItem(), noContext)).toMatchObject({ kind: "set-up" });
  await session.close();
});

test("a name that resolves to this machine is refused in the connection", async () => {
  const session = kafka.open(configOf({ brokers: ["localhost:9092"], timeoutMs: 3_000 }), testPorts());
  expect(await session.send(makeItem(), noContext)).toMatchObject({ kind: "set-up", detail: expect.stringContaining("address-refused") });
  await session.close();
});

test.each([
  ["an HTTP server", "HTTP/1.1 400 Bad Request\r\n\r\n<html>"],
  ["text that never ends", "x".repeat(64 * 1024)],
  ["answers to nothing that was asked", "\u0000\u0000\u0000\u0008\u0000\u0000\u0000\u0007abcd"],
])("%s on the other end breaks nothing, and nothing counts as delivered", async (_, text) => {
  const server = createServer((socket) => {
    const more = (): void => void (socket.writable && socket.write(text, "latin1", () => setTimeout(more, 5)));
    socket.resume().on("error", () => undefined);
    more();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const broker = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const session = kafka.open(configOf({ brokers: [broker], tls: "off", allowPrivateNetwork: true, timeoutMs: 500 }), testPorts());
  expect(["theirs", "set-up"]).toContain((await session.send(makeItem(), noContext)).kind);
  await session.close();
  await new Promise((resolve) => server.close(resolve));
});
