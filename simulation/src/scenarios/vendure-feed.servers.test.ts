import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import {
  ALL,
  documentSchemas,
  encodeHlc,
  tellOrderFact,
  transactionSchema,
  type HandOverOrder,
  type Scope,
  type TerminalId,
} from "@tillsync/sync-protocol";
import { testServers, type RunningServer } from "@tillsync/test-servers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { noContext, testPorts } from "../../../apps/cloud-sync/src/connectors/testing/context.ts";
import { makeItem } from "../../../apps/cloud-sync/src/connectors/testing/make-item.ts";
import { installServer, named, START_MAX_MS } from "../../../apps/cloud-sync/src/connectors/testing/real-server.ts";
import { vendureConfigSchema } from "../../../apps/cloud-sync/src/connectors/vendure/manifest.ts";
import { vendure } from "../../../apps/cloud-sync/src/connectors/vendure/vendure.ts";
import type { Database } from "../../../apps/cloud-sync/src/db/database.ts";
import { openTestDatabase } from "../../../apps/cloud-sync/src/db/testing/open-test-database.ts";
import { runFeeds } from "../../../apps/cloud-sync/src/feeds/run-feeds.ts";
import { openTestFeed, type HeldDocument, type TestFeed } from "../../../apps/cloud-sync/src/feeds/testing/open-test-feed.ts";
import { writeDocuments } from "../../../apps/cloud-sync/src/reference/write-documents.ts";
import { openTestCloud, type TestCloud } from "../../../apps/cloud-sync/src/testing/open-test-cloud.ts";
import { openPickupShop, type PickupShop } from "../destinations/pickup-shop.ts";
import { startTwistingProxy, type TwistingProxy } from "../destinations/twisting-proxy.ts";
import { until } from "../world/until.ts";

const server = testServers["vendure"];
if (server === undefined) throw new Error("no test server for Vendure");
const installed = await installServer(server);
const NOTICE_SECRET = `whsec_${randomBytes(32).toString("base64")}`;

const emptied = (body: string): string => {
  const answer = JSON.parse(body) as { data?: { orders?: { items: unknown[] } } };
  return answer.data?.orders === undefined ? body : JSON.stringify({ data: { orders: { items: [] } } });
};

describe.skipIf(installed.missing !== undefined)(named("orders to hand over from a real Vendure", installed), () => {
  let running: RunningServer;
  let proxy: TwistingProxy;
  let db: Database;
  let cloud: TestCloud;
  let feed: TestFeed;
  let shop: PickupShop;

  beforeAll(async () => {
    running = await server.start(installed.folder, {});
    proxy = await startTwistingProxy(String(running.facts["url"]), emptied);
    db = await openTestDatabase();
    shop = await openPickupShop(running.facts, ["0301", "0302"]);
    feed = await openTestFeed(db, {
      name: "web",
      kind: "vendure",
      url: `${proxy.url}/admin-api`,
      secret: running.facts["apiKey"],
      noticeSecret: NOTICE_SECRET,
      allowPrivateNetwork: true,
      orderSystem: "webshop",
      pollMs: 86_400_000,
      stores: { "pickup-0301": "0301", "pickup-0302": "0302" },
    });
    cloud = await openTestCloud(db, { seal: () => Promise.resolve(feed.seal) });
  }, START_MAX_MS);
  afterAll(async () => {
    await cloud?.app.close();
    await feed?.close();
    await db?.close();
    await proxy?.close();
    await running?.stop();
  });

  const order = async (code: string): Promise<HeldDocument | undefined> =>
    (await feed.documents("orders")).find(({ id }) => id === `webshop:${code}`);
  /** What the cloud does when a till's journal tells of an order. */
  const tell = async (code: string, fact: Parameters<typeof tellOrderFact>[1]): Promise<void> => {
    const held = await order(code);
    const fields = tellOrderFact(held?.fields as unknown as HandOverOrder, fact);
    const change = { collection: "orders", id: `webshop:${code}`, scope: held?.scope as Scope, fields } as const;
    await db.transaction((tx) => writeDocuments(tx, [change], Date.now()));
  };
  /** The destination brings a till's step to Vendure, as it does for every journal entry. */
  const sendStep = async (code: string): Promise<void> => {
    const { name: _name, kind: _kind, include: _include, concurrency: _concurrency, ...own } = running.destination;
    const session = vendure.open(vendureConfigSchema.parse({ ...own, orderSystem: "webshop" }), testPorts());
    const transaction = transactionSchema.parse({
      schemaVersion: 1,
      transactionType: "OrderStatus",
      identity: { store: "0301", workstation: "1", businessDay: "2026-11-20", sequence: "1" },
      status: "completed",
      orderStatus: { orderId: code, system: "webshop", status: "fulfilled", at: { local: "2026-11-20T10:00:00", quality: "local" } },
    });
    const sent = await session.send(makeItem({ naturalKey: `0301/1/2026-11-20/${code}`, transaction }), noContext);
    await session.close();
    expect(sent).toMatchObject({ kind: "delivered" });
  };
  const handOver = (terminal: string) => ({
    status: "fulfilled" as const,
    handOver: { terminal: terminal as TerminalId, at: encodeHlc({ ms: Date.now(), counter: 0 }) },
  });

  test("an order that is placed comes to its store, paid and to the cent; another poll changes nothing", async () => {
    const [here, there] = [await shop.place("0301", { "30101": 3, "30109": 2 }), await shop.place("0302", { "30113": 1 })];
    expect(await feed.poll()).toMatchObject({ outcome: "done", documents: 2, changed: 2, refused: 0 });
    expect(await order(here)).toMatchObject({
      scope: "store:0301",
      fields: {
        orderId: here,
        system: "webshop",
        storeId: "0301",
        status: "confirmed",
        total: "1077",
        due: "0",
        currency: "EUR",
        revision: 1,
      },
    });
    expect((await order(here))?.fields?.["lines"]).toMatchObject([
      { itemId: "30101", quantity: { value: "3" } },
      { itemId: "30109", quantity: { value: "2" } },
    ]);
    expect(await order(there)).toMatchObject({ scope: "store:0302" });
    expect(await feed.poll()).toMatchObject({ outcome: "done", changed: 0 });
    expect(await feed.poll({ full: true })).toMatchObject({ outcome: "done", changed: 0, deleted: 0 });
  });

  test("goods that are put together, sent and handed over move the order on, and it never goes back", async () => {
    const code = await shop.place("0301", { "30110": 1 });
    const seen: unknown[] = [];
    for (const to of ["Pending", "Shipped", "Delivered"] as const) {
      await shop.fulfil(code, to);
      await feed.poll();
      seen.push((await order(code))?.fields?.["status"]);
    }
    expect(seen).toEqual(["picked", "shipped", "delivered"]);
  });

  test("a till hands an order over, Vendure hears of it and tells it back: one hand-over, and no more news", async () => {
    const code = await shop.place("0301", { "30111": 1 });
    await feed.poll();
    await tell(code, handOver("till-1"));
    await feed.poll({ full: true });
    expect((await order(code))?.fields).toMatchObject({ status: "fulfilled", handedOverBy: "till-1" });
    await sendStep(code);
    await feed.poll();
    const told = await order(code);
    expect(told?.fields).toMatchObject({ status: "delivered", handedOverBy: "till-1", revision: 1 });
    expect(told?.fields?.["conflict"]).toBeUndefined();
    await feed.poll({ full: true });
    expect((await order(code))?.version).toBe(told?.version);
  });

  test("an order that is cancelled in Vendure is cancelled here; one that a till handed over meanwhile is for a person", async () => {
    const [quiet, late] = [await shop.place("0301", { "30112": 1 }), await shop.place("0301", { "30112": 2 })];
    await feed.poll();
    await tell(late, handOver("till-1"));
    await shop.cancel(quiet);
    await shop.cancel(late);
    await feed.poll();
    expect((await order(quiet))?.fields).toMatchObject({ status: "cancelled", due: "0" });
    expect((await order(late))?.fields).toMatchObject({ status: "fulfilled", cancelled: true, conflict: "handed-over-after-cancel" });
  });

  test("goods that are taken out after picking make a new revision, and are told to whoever picked the old one", async () => {
    const code = await shop.place("0301", { "30109": 3 });
    await feed.poll();
    await tell(code, { status: "picked", pickedRevision: 1 });
    await shop.reduce(code, 1);
    await feed.poll();
    const { fields } = (await order(code)) ?? {};
    expect(fields).toMatchObject({ status: "picked", revision: 2, conflict: "changed-after-pick" });
    expect(fields?.["lines"]).toMatchObject([{ quantity: { value: "2" } }]);
  });

  test("an order in money that its store does not take is refused by name, the others come; once that is mended it comes too", async () => {
    const sellIn = async (currency: string): Promise<void> => {
      const fields = documentSchemas.stores.parse({ id: "0302", name: "Store 0302", timeZone: "Europe/Berlin", currency });
      await db.transaction((tx) => writeDocuments(tx, [{ collection: "stores", id: fields.id, scope: ALL, fields }], Date.now()));
    };
    await sellIn("USD");
    const [bad, good] = [await shop.place("0302", { "30109": 1 }), await shop.place("0301", { "30109": 1 })];
    expect(await feed.poll()).toMatchObject({ outcome: "done" });
    expect((await feed.refusals()).find(({ key }) => key === bad)).toMatchObject({ part: "orders", code: "reference.currency-wrong" });
    expect([(await order(bad)) === undefined, (await order(good))?.fields?.["status"]]).toEqual([true, "confirmed"]);
    await sellIn("EUR");
    await feed.poll();
    expect([await feed.refusals(), (await order(bad))?.scope]).toEqual([[], "store:0302"]);
  });

  test("a notice brings an order within moments, while the next poll is a day away", async () => {
    await cloud.app.listen({ host: "127.0.0.1", port: 0 });
    const { port } = cloud.app.server.address() as AddressInfo;
    // The test's cloud has a clock of its own.
    cloud.clock.nowMs = Date.now();
    const target = { url: `http://127.0.0.1:${port}/v1/feeds/web/notices`, secret: NOTICE_SECRET };
    writeFileSync(join(installed.folder, "state", "notices.json"), JSON.stringify(target));
    await feed.restart();
    const stop = new AbortController();
    const work = runFeeds({ ...feed.deps, wake: cloud.deps.wake }, stop.signal);
    try {
      const code = await shop.place("0302", { "30114": 1 });
      const placedMs = performance.now();
      await until(
        "the order",
        () => order(code),
        (held) => held?.fields?.["status"] === "confirmed",
        10_000,
      );
      process.stdout.write(`Vendure: a notice brought an order in ${Math.round(performance.now() - placedMs)} ms\n`);
      await shop.cancel(code);
      await until(
        "the cancellation",
        () => order(code),
        (held) => held?.fields?.["status"] === "cancelled",
        10_000,
      );
    } finally {
      stop.abort();
      await work;
    }
  });

  test("an answer that is a page of a portal, or a list with nothing in it, changes nothing", async () => {
    const before = await feed.documents("orders");
    for (const how of ["html", "empty"] as const) {
      proxy.twist(how);
      expect(await feed.poll({ full: true })).toMatchObject({
        deleted: 0,
        code: how === "html" ? "feed.failed" : "feed.too-many-deletions",
      });
      expect(proxy.requests).toBeGreaterThan(0);
    }
    expect(await feed.documents("orders")).toEqual(before);
    proxy.twist("none");
    expect(await feed.poll({ full: true })).toMatchObject({ outcome: "done", deletionsHeld: 0 });
  });

  test("the server is killed and comes back: what was placed before and after is here", async () => {
    const code = await shop.place("0301", { "30109": 1 });
    const { port } = new URL(String(running.facts["url"]));
    await running.kill();
    expect(await feed.poll()).toMatchObject({ outcome: "failed", code: "feed.failed" });
    running = await server.start(installed.folder, { keepState: true, port: Number(port) });
    expect(await feed.poll()).toMatchObject({ outcome: "done" });
    expect(await order(code)).toMatchObject({ fields: { status: "confirmed" } });
  });
});
