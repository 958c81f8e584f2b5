import { createServer, type AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { AddressRefused } from "../address-guard.ts";
import { noContext, testPorts } from "../testing/context.ts";
import { makeItem } from "../testing/make-item.ts";
import { DeadlinePassed } from "../tcp/within.ts";
import { classifyOpening, classifyPublishing } from "./classify-error.ts";
import { envelopeOf, routingKeyOf } from "./envelope.ts";
import { rabbitmqConfigSchema } from "./manifest.ts";
import { rabbitmq } from "./rabbitmq.ts";

const base = { urls: ["amqp://mq.example/shop"], user: "tillsync", secret: "pw" };
const configOf = (extra: object = {}) => rabbitmqConfigSchema.parse({ ...base, ...extra });
const local = { tls: "off", allowPrivateNetwork: true };

test.each([
  [{ urls: [] }, "urls"],
  [{ urls: Array.from({ length: 10 }, (_, i) => `amqp://n${i}.example/`) }, "urls"],
  [{ urls: ["https://mq.example/"] }, "urls"],
  [{ urls: ["nonsense"] }, "urls"],
  [{ urls: ["amqp://user:pw@mq.example/"] }, "credentials"],
  [{ urls: ["amqp://mq.example/?heartbeat=0"] }, "no parameters"],
  [{ urls: ["amqp://mq.example/a/b"] }, "one virtual host"],
  [{ user: "" }, "user"],
  [{ secret: undefined }, "secret"],
  [{ tls: "off" }, "allowPrivateNetwork"],
  [{ routingKey: "sale.{customer}" }, "store, terminal, type"],
  [{ routingKey: "x".repeat(256) }, "routingKey"],
  [{ exchange: "x".repeat(256) }, "exchange"],
  [{ other: 1 }, "other"],
])("refuses %o", (extra, about) => {
  expect(JSON.stringify(rabbitmqConfigSchema.safeParse({ ...base, ...extra }).error?.issues)).toContain(about);
});

test("a routing key is made of one word for each of its braces", () => {
  const item = makeItem({ store: "Köln 9.b", terminal: "till#1" });
  expect(routingKeyOf(item, configOf({ routingKey: "tx.{store}.{terminal}.{type}" }))).toBe("tx.K_ln_9_b.till_1.RetailTransaction");
  expect(routingKeyOf(item, configOf({ routingKey: "all" }))).toBe("all");
});

test("every attempt has the same envelope, persistent and returned when no queue takes it; a replay is marked", () => {
  const item = makeItem();
  expect(envelopeOf(item, configOf())).toEqual(envelopeOf(makeItem(), configOf()));
  expect(envelopeOf(item, configOf())).toMatchObject({ durable: true, mandatory: true, messageId: item.identity });
  expect(envelopeOf(item, configOf()).headers).not.toHaveProperty("tillsync-replay");
  expect(envelopeOf(makeItem({ replay: true }), configOf()).headers).toMatchObject({ "tillsync-replay": true });
});

test("a routing key may have as many bytes as AMQP allows", () => {
  expect(Buffer.byteLength(routingKeyOf(makeItem({ store: "x".repeat(240) }), configOf({ routingKey: "0123456789abcde{store}" })))).toBe(
    255,
  );
});

const amqp = (code: string): Error => Object.assign(new Error("with names in it"), { code });

test.each([
  ["ACCESS_REFUSED", "set-up"],
  ["NOT_ALLOWED", "set-up"],
  ["NOT_FOUND", "set-up"],
  ["PRECONDITION_FAILED", "set-up"],
  ["CONNECTION_TIMEOUT", "theirs"],
  ["CONN_CLOSE", "theirs"],
  ["BLOCKED", "theirs"],
  ["ECONNREFUSED", "theirs"],
  ["ECONNRESET", "theirs"],
  ["CERT_HAS_EXPIRED", "set-up"],
])("before publishing, %s is %s", (code, kind) => expect(classifyOpening(amqp(code)).kind).toBe(kind));

test("before publishing, a deadline is theirs and a refused address the set-up's", () => {
  expect(classifyOpening(new DeadlinePassed()).kind).toBe("theirs");
  expect(classifyOpening(new AddressRefused("x"))).toMatchObject({ kind: "set-up" });
});

test.each([
  ["NACK", "theirs"],
  ["NOT_FOUND", "set-up"],
  ["ACCESS_REFUSED", "set-up"],
  ["PRECONDITION_FAILED", "rejected"],
  ["CH_CLOSE", "uncertain"],
  ["CONN_CLOSE", "uncertain"],
  ["CONNECTION_FORCED", "uncertain"],
  ["ECONNRESET", "uncertain"],
])("after publishing, %s is %s", (code, kind) => {
  expect(classifyPublishing(amqp(code)).kind).toBe(kind);
  expect(JSON.stringify(classifyPublishing(amqp(code)))).not.toContain("names");
});

describe("without a broker", () => {
  const closers: (() => Promise<unknown> | void)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });
  const open = (extra: object) => {
    const session = rabbitmq.open(configOf(extra), testPorts());
    closers.push(() => session.close());
    return session;
  };

  test.each(["127.0.0.1", "[::1]", "169.254.169.254"])("%s is refused before anything is sent", async (host) => {
    const urls = ["amqp://mq.example/", `amqp://${host}/`];
    expect(() => rabbitmq.check(configOf({ urls }))).toThrow("private network");
    expect(await open({ urls }).send(makeItem(), noContext)).toMatchObject({
      kind: "set-up",
      detail: expect.stringContaining("address-refused"),
    });
  });

  test("a name that resolves to this machine is refused in the connection", async () => {
    const result = await open({ urls: ["amqp://localhost:1/"] }).send(makeItem(), noContext);
    expect(result).toMatchObject({ kind: "set-up", detail: expect.stringContaining("address-refused") });
  });

  test("nobody there is theirs, on every node", async () => {
    const session = open({ urls: ["amqp://127.0.0.1:1/", "amqp://127.0.0.1:2/"], ...local });
    const items = [makeItem({ orderingKey: "a" }), makeItem({ orderingKey: "b" }), makeItem({ orderingKey: "a" })];
    expect(await session.sendMany?.(items, noContext)).toEqual([
      { kind: "theirs", detail: "ECONNREFUSED" },
      { kind: "theirs", detail: "ECONNREFUSED" },
      { kind: "theirs", detail: "waits for an earlier item of its key" },
    ]);
  });

  test.each([
    ["an HTTP server", "HTTP/1.1 400 Bad Request\r\n\r\n<html>", "set-up"],
    ["text that never ends", "x".repeat(64 * 1024), "set-up"],
    ["a port with TLS", "\u0015\u0003\u0001\u0000\u0002\u0002\u000a", "set-up"],
    ["a broker of another version", "AMQP\u0000\u0001\u0000\u0000", "set-up"],
    ["small frames of no sense", "\u0001\u0000\u0000\u0000\u0000\u0000\u0001x\u0000".repeat(1_000), "theirs"],
  ])("%s on the other end is told as such and breaks nothing", async (_, text, kind) => {
    const server = createServer((socket) => {
      const more = (): void => void (socket.writable && socket.write(text, "latin1", () => setImmediate(more)));
      socket.resume().on("error", () => undefined);
      more();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const session = open({ urls: [`amqp://127.0.0.1:${(server.address() as AddressInfo).port}/`], ...local, timeoutMs: 1_000 });
    expect(await session.send(makeItem(), noContext)).toMatchObject({ kind });
    await session.close();
    await new Promise((resolve) => server.close(resolve));
  });

  test("a server that accepts and says nothing is theirs: nothing was published", async () => {
    const silent = createServer((socket) => void socket.resume().on("error", () => undefined));
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const port = (silent.address() as AddressInfo).port;
    const session = open({ urls: [`amqp://127.0.0.1:${port}/`], ...local, timeoutMs: 150 });
    expect(await session.send(makeItem(), noContext)).toMatchObject({ kind: "theirs" });
    await session.close();
    await new Promise((resolve) => silent.close(resolve));
  });

  test("without a permit nothing is sent", async () => {
    const session = rabbitmq.open(configOf(), testPorts({ permit: () => Promise.resolve(false) }));
    expect(await session.send(makeItem(), noContext)).toEqual({ kind: "theirs", detail: "waits for the rate limit" });
    await session.close();
  });
});
