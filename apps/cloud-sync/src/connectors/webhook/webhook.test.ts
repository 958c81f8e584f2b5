import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { AddressRefused, guardedLookup, isPrivateAddress } from "../address-guard.ts";
import { classifyFailure } from "../http/classify-failure.ts";
import { readRetryAfter } from "../http/retry-after.ts";
import { noContext, testPorts } from "../testing/context.ts";
import { makeItem } from "../testing/make-item.ts";
import { behaviours, startReceiver } from "../testing/misbehaving-receiver.ts";
import { runConnectorContractTests } from "../testing/run-connector-contract-tests.ts";
import { classifyStatus } from "./classify-status.ts";
import { webhookConfigSchema } from "./manifest.ts";
import { webhook } from "./webhook.ts";

const secret = `whsec_${Buffer.alloc(32, 3).toString("base64")}`;
const ports = testPorts();
const configOf = (extra: object) => webhookConfigSchema.parse({ url: "http://127.0.0.1:1/", secret, allowPrivateNetwork: true, ...extra });

runConnectorContractTests("webhook", {
  open: (url, timeoutMs) => webhook.open(configOf({ url, timeoutMs }), ports),
  identityOf: ({ headers }) => headers["webhook-id"] as string,
});

test("asks the credential's rate limit before it sends, and tells it of a refusal with its pause", async () => {
  const receiver = await startReceiver();
  const asked = testPorts();
  const session = webhook.open(configOf({ url: receiver.url }), asked);
  receiver.behave(behaviours.tooMany);
  await session.send(makeItem(), noContext);
  receiver.behave(behaviours.ok);
  await session.send(makeItem(), noContext);
  expect(asked.seen).toEqual([{ kind: "limited", retryAfterMs: 7_000 }, { kind: "answered" }]);
  const denied = webhook.open(configOf({ url: receiver.url }), testPorts({ permit: () => Promise.resolve(false) }));
  expect(await denied.send(makeItem(), noContext)).toMatchObject({ kind: "theirs" });
  expect(receiver.seen).toHaveLength(2);
  await Promise.all([session.close(), denied.close()]);
  await receiver.close();
});

test("signs by Standard Webhooks over a CloudEvents body; marks a replay; sends the configured headers", async () => {
  const receiver = await startReceiver();
  const session = webhook.open(configOf({ url: receiver.url, headers: { authorization: "Bearer t" } }), ports);
  await session.send(makeItem({ revision: 2, supersedes: "tx_before", replay: true }), noContext);
  const [seen] = receiver.seen;
  const event = new Webhook(secret).verify(seen!.body, seen!.headers as Record<string, string>);
  expect(event).toMatchObject({
    specversion: "1.0",
    id: seen!.headers["webhook-id"],
    source: "/stores/store-1/terminals/till-1",
    type: "tillsync.transaction.v1.revised",
    subject: "9/31/2026-11-20/1",
    time: "2026-11-20T00:00:00.000Z",
    partitionkey: "9/31/2026-11-20/1",
    sequence: "0000000000000042",
    data: { revision: 2, supersedes: "tx_before", terminal: "till-1", store: "store-1", transaction: { reported: { grand: "1250" } } },
  });
  expect(seen!.headers).toMatchObject({ "tillsync-replay": "true", authorization: "Bearer t" });
  // Negative control: one byte changed, and the receiver notices.
  expect(() => new Webhook(secret).verify(seen!.body.replace("1250", "1251"), seen!.headers as Record<string, string>)).toThrow();
  await session.close();
  await receiver.close();
});

test("a status that this receiver uses for what it has already counts as delivered", async () => {
  const receiver = await startReceiver();
  receiver.behave(behaviours.conflict);
  const session = webhook.open(configOf({ url: receiver.url, duplicateStatuses: [409] }), ports);
  expect(await session.send(makeItem(), noContext)).toMatchObject({ kind: "delivered", status: 409 });
  await session.close();
  await receiver.close();
});

describe("the address guard", () => {
  test.each([
    "127.0.0.1",
    "10.1.2.3",
    "169.254.169.254",
    "192.168.1.1",
    "100.64.0.1",
    "0.0.0.0",
    "::1",
    "::",
    "fe80::1",
    "fd00::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "not an address",
  ])("%s is private", (address) => expect(isPrivateAddress(address)).toBe(true));
  test.each(["93.184.216.34", "172.32.0.1", "2606:4700::1111", "::ffff:8.8.8.8"])("%s is not", (address) => {
    expect(isPrivateAddress(address)).toBe(false);
  });

  test.each([
    "https://127.0.0.1:9/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://localhost:9/",
  ])("%s is refused before anything is sent", async (url) => {
    const session = webhook.open(configOf({ url, allowPrivateNetwork: false }), ports);
    expect(await session.send(makeItem(), noContext)).toEqual({
      kind: "set-up",
      detail: expect.stringContaining("destination.address-refused"),
    });
    await session.close();
  });

  test("a name that resolves to a private address among public ones is refused at the connection", () => {
    const resolve = ((_host: string, _options: object, done: (e: null, a: object[]) => void) =>
      done(null, [
        { address: "93.184.216.34", family: 4 },
        { address: "10.0.0.1", family: 4 },
      ])) as never;
    guardedLookup(resolve)("rebound.example", { all: true }, (error) => expect(error).toBeInstanceOf(AddressRefused));
  });

  test("a public name passes, in both forms of the answer", () => {
    const resolve = ((_host: string, _options: object, done: (e: null, a: object[]) => void) =>
      done(null, [{ address: "93.184.216.34", family: 4 }])) as never;
    guardedLookup(resolve)("shop.example", { all: true }, (error, addresses) =>
      expect([error, addresses]).toEqual([null, [{ address: "93.184.216.34", family: 4 }]]),
    );
    guardedLookup(resolve)("shop.example", {}, (error, address, family) =>
      expect([error, address, family]).toEqual([null, "93.184.216.34", 4]),
    );
  });
});

test.each([
  ["CERT_HAS_EXPIRED", "set-up"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "set-up"],
  ["ENOTFOUND", "theirs"],
  ["ECONNREFUSED", "theirs"],
  ["UND_ERR_CONNECT_TIMEOUT", "theirs"],
  ["UND_ERR_HEADERS_TIMEOUT", "uncertain"],
  ["ECONNRESET", "uncertain"],
  ["UND_ERR_SOCKET", "uncertain"],
])("%s is %s, also when it is the cause of another error", (code, kind) => {
  const error = Object.assign(new Error("secret text"), { code });
  expect(classifyFailure(error)).toMatchObject({ kind });
  expect(JSON.stringify(classifyFailure(new AggregateError([error])))).not.toContain("secret text");
  expect(classifyFailure(new Error("outer", { cause: error })).kind).toBe(kind);
});

test.each([
  ["5", 5_000],
  ["Thu, 01 Jan 1970 00:00:09 GMT", 9_000],
  ["Thu, 01 Jan 1970 00:00:00 GMT", 0],
  ["soon", undefined],
  ["", undefined],
  [undefined, undefined],
])("Retry-After %s is %s ms", (text, ms) => expect(readRetryAfter(text, 0)).toBe(ms));

test.each([
  [199, "theirs"],
  [200, "delivered"],
  [299, "delivered"],
  [307, "set-up"],
  [400, "rejected"],
  [405, "set-up"],
  [408, "theirs"],
  [413, "rejected"],
  [599, "theirs"],
])("status %i is %s", (status, kind) => expect(classifyStatus(status, {}, configOf({}), new Uint8Array(), 0).kind).toBe(kind));

test.each([
  [{ url: "http://shop.example/" }, "plain http"],
  [{ url: "ftp://shop.example/" }, "url"],
  [{ url: "nonsense" }, "url"],
  [{ url: "https://user:pw@shop.example/" }, "credentials"],
  [{ url: "https://shop.example/", secret: "whsec_short" }, "whsec_"],
  [{ url: "https://shop.example/", headers: { "Webhook-Id": "x" } }, "headers"],
  [{ url: "https://shop.example/", headers: { a: "x".repeat(4_001) } }, "headers"],
  [{ url: "https://shop.example/", timeoutMs: 99 }, "timeoutMs"],
  [{ url: "https://shop.example/", timeoutMs: 120_001 }, "timeoutMs"],
])("refuses %o", (extra, about) => {
  const parsed = webhookConfigSchema.safeParse({ secret, ...extra });
  expect(JSON.stringify(parsed.error?.issues)).toContain(about);
});
