import { once } from "node:events";
import { request, type ClientRequest, type IncomingMessage } from "node:http";
import { zstdCompressSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OPEN_TEST_DATABASE_MAX_MS, openTestDatabase } from "../db/testing/open-test-database.ts";
import { FEEDS_IN_HAND_MAX } from "../reference/feed/limits.ts";
import { addFeedClient, type FeedClient } from "../reference/testing/feed-client.ts";
import { openTestCloud, type TestCloud } from "../testing/open-test-cloud.ts";

describe("on a line", () => {
  let cloud: TestCloud;
  let erp: FeedClient;
  let port: number;
  beforeAll(async () => {
    cloud = await openTestCloud(await openTestDatabase());
    erp = await addFeedClient(cloud, "erp");
    port = Number(new URL(await cloud.app.listen({ host: "127.0.0.1", port: 0 })).port);
  }, OPEN_TEST_DATABASE_MAX_MS);
  afterAll(async () => {
    await cloud.app.close();
    await cloud.deps.db.close();
  });
  const price = (id: string, amount: string): object => ({ id, itemId: id, currency: "EUR", exponent: 2, amount });
  const open = (headers: Record<string, string>, query = "scope=store:L1"): ClientRequest => {
    const all = { authorization: erp.authorization, "content-type": "application/x-ndjson", ...headers };
    return request({ host: "127.0.0.1", port, method: "PUT", path: `/v1/reference/prices?${query}`, headers: all });
  };

  test("that is cut, a replacing feed deletes nothing, and leaves its place to the next", async () => {
    const rows = Array.from({ length: 10 }, (_, i) => price(`line-${i}`, "1"));
    await erp.load("prices?scope=store:L1", rows);
    const sending = open({ "content-length": "100000" }, "scope=store:L1&replace=true&maxDeletedPercent=100");
    sending.on("error", () => undefined);
    sending.write(`${JSON.stringify(price("line-0", "2"))}\n`);
    await new Promise((resolve) => sending.once("socket", (socket) => socket.once("ready", resolve)));
    sending.destroy();
    expect((await erp.put("prices?scope=store:L1", rows.slice(1))).body).toMatchObject({ unchanged: 9 });
  });

  test("someone who may not is answered before the body is read", async () => {
    const sending = open({ authorization: "Bearer nonsense", "content-length": "1000000000" });
    sending.on("error", () => undefined);
    sending.flushHeaders();
    const [answer] = (await once(sending, "response")) as [IncomingMessage];
    expect(answer.statusCode).toBe(401);
    sending.destroy();
  });

  test("a body that unpacks to far more than it is ends where its rows are too long", async () => {
    const bomb = zstdCompressSync(Buffer.alloc(16 * 1024 * 1024, "x"));
    expect(bomb.length).toBeLessThan(10_000);
    const { body } = await erp.put("prices?scope=store:L1", bomb, { "content-encoding": "zstd" });
    expect(body).toMatchObject({ refused: 1, refusals: [{ line: 1, code: "reference.row-too-large" }] });
  });

  test("more feeds at once than there is room for are asked to wait", async () => {
    const arrived = Promise.withResolvers<void>();
    let arrivals = 0;
    cloud.app.server.on("request", () => {
      arrivals += 1;
      if (arrivals === FEEDS_IN_HAND_MAX) arrived.resolve();
    });
    const slow = Array.from({ length: FEEDS_IN_HAND_MAX }, () => {
      const sending = open({ "transfer-encoding": "chunked" });
      sending.flushHeaders();
      return sending;
    });
    await arrived.promise;
    // Their tokens are looked up before this one's.
    expect(await erp.put("prices?scope=store:L1", [])).toMatchObject({ status: 503, body: { error: { code: "wire.busy" } } });
    for (const sending of slow) {
      sending.end();
      const [answer] = (await once(sending, "response")) as [IncomingMessage];
      expect(answer.statusCode).toBe(200);
      answer.resume();
    }
    expect(await erp.put("prices?scope=store:L1", [])).toMatchObject({ status: 200 });
  });
});
