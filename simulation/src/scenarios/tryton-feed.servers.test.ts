import { testServers, type RunningServer } from "@tillsync/test-servers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ASSORTMENT } from "../../../examples/src/pos-generator/trading-day/assortment.ts";
import { installServer, named, START_MAX_MS } from "../../../apps/cloud-sync/src/connectors/testing/real-server.ts";
import type { Database } from "../../../apps/cloud-sync/src/db/database.ts";
import { openTestDatabase } from "../../../apps/cloud-sync/src/db/testing/open-test-database.ts";
import { openTestFeed, type HeldDocument, type TestFeed } from "../../../apps/cloud-sync/src/feeds/testing/open-test-feed.ts";
import { openTrytonOffice, type TrytonOffice } from "../destinations/tryton-office.ts";
import { startTwistingProxy, type TwistingProxy } from "../destinations/twisting-proxy.ts";
import { until } from "../world/until.ts";

const server = testServers["tryton"];
if (server === undefined) throw new Error("there is no server of that name");
const installed = await installServer(server);

const fileFor = (facts: Readonly<Record<string, unknown>>, url: string, more: object = {}): Record<string, unknown> => ({
  name: "erp",
  kind: "tryton",
  url,
  database: facts["database"],
  user: facts["user"],
  password: facts["password"],
  allowPrivateNetwork: true,
  prices: [
    { scope: "all", currency: "EUR" },
    // A store abroad, with taxes of its own.
    { scope: "store:0401", currency: "EUR", taxRates: { "VAT 19": "20", "VAT 7": "10" } },
  ],
  stock: [{ store: "0301", location: "S0301" }],
  taxCategories: { "VAT 19": "A", "VAT 7": "B" },
  ...more,
});
const emptied = (body: string): string => {
  const answer = JSON.parse(body) as { id: number; result?: unknown };
  // Lists of products alone: log-in and context are what they are.
  return Array.isArray(answer.result) && typeof answer.result[0] === "object" ? JSON.stringify({ id: answer.id, result: [] }) : body;
};

describe.skipIf(installed.missing !== undefined)(named("reference data from a real Tryton", installed), () => {
  let running: RunningServer;
  let proxy: TwistingProxy;
  let db: Database;
  let feed: TestFeed;
  let office: TrytonOffice;

  beforeAll(async () => {
    running = await server.start(installed.folder, {});
    proxy = await startTwistingProxy(String(running.facts["url"]), emptied);
    db = await openTestDatabase();
    office = await openTrytonOffice(running.facts);
    feed = await openTestFeed(db, fileFor(running.facts, proxy.url));
  }, START_MAX_MS);
  afterAll(async () => {
    await feed?.close();
    await db?.close();
    await proxy?.close();
    await running?.stop();
  });

  const one = async (collection: "products" | "prices" | "stock", id: string): Promise<HeldDocument["fields"] | undefined> =>
    (await feed.documents(collection)).find((document) => document.id === id)?.fields;
  const priceOf = async (id: string): Promise<unknown> => (await one("prices", id))?.["amount"];

  test("every article, its price to the cent, and what is on the shelf; a second poll changes nothing", async () => {
    expect(await feed.poll()).toMatchObject({ outcome: "done", refused: 0 });
    const [products, prices, stock] = [await feed.documents("products"), await feed.documents("prices"), await feed.documents("stock")];
    for (const item of ASSORTMENT) {
      const { itemId, description, uom, priceCents } = item;
      expect(products.find(({ id }) => id === itemId)?.fields).toMatchObject({ description, uom, status: "active" });
      expect([itemId, prices.find(({ id }) => id === `${itemId}@all`)?.fields?.["amount"]]).toEqual([itemId, String(priceCents)]);
      if (item.itemType === "stock") expect(stock.find(({ id }) => id === `0301:${itemId}`)?.fields?.["onHand"]).toBe("10000");
    }
    // 3.45 with 19 % is 2.8992 net, and 3.48 with 20 %.
    expect(await priceOf("30109@store:0401")).toBe("348");
    expect(prices.find(({ id }) => id === "30109@store:0401")?.scope).toBe("store:0401");
    // The first one that reads by movements says by which of them a level stands.
    await feed.poll();
    expect(await feed.poll()).toMatchObject({ outcome: "done", changed: 0, deleted: 0 });
  });

  test("a price, a bar code and a count that change arrive with the next poll, and nothing else", async () => {
    await office.setPrice("30101", "1.5000");
    await office.add({ code: "40001", name: "New on the shelf", net: "3.3333", barCode: "4006381333931" });
    await office.count("S0301", "30101", 17);
    expect(await feed.poll()).toMatchObject({ outcome: "done", changed: 6 });
    expect(await priceOf("30101@all")).toBe("161");
    expect(await one("products", "40001")).toMatchObject({ gtins: ["04006381333931"], taxCategory: "A" });
    expect(await priceOf("40001@all")).toBe("397");
    expect(await one("stock", "0301:30101")).toMatchObject({ onHand: "17", uom: "EA" });
  });

  test("an article that is no longer sold is delisted and loses its prices; one that is deleted is gone", async () => {
    await office.deactivate("30102");
    await office.remove("40001");
    await feed.poll();
    expect(await one("products", "30102")).toMatchObject({ status: "delisted" });
    expect(await priceOf("30102@all")).toBeUndefined();
    expect(await one("products", "40001")).toMatchObject({ status: "active" });
    expect(await feed.poll({ full: true })).toMatchObject({ outcome: "done" });
    expect(await one("products", "40001")).toBeNull();
    expect(await one("prices", "40001@all")).toBeNull();
  });

  test("a tax that changes changes every price that it is in", async () => {
    await office.setTax("VAT 7", "0.05");
    expect(await feed.poll()).toMatchObject({ outcome: "done" });
    // 1.5000 net.
    expect(await priceOf("30101@all")).toBe("158");
    expect(await priceOf("30109@all")).toBe("345");
    // The store abroad has its own.
    expect(await priceOf("30101@store:0401")).toBe("165");
  });

  test("a record without a code is refused by name, its last good document stays, and it is taken once it is right", async () => {
    const product = await office.takeCode("30103");
    expect(await feed.poll()).toMatchObject({ outcome: "done" });
    // Its level is refused as well where the opening stock was booked a moment ago and is read once more.
    const refused = (await feed.refusals()).filter(({ part }) => part === "products");
    expect(refused).toMatchObject([{ part: "products", key: String(product), code: "feed.record-invalid" }]);
    expect(await feed.poll({ full: true })).toMatchObject({ outcome: "done", deleted: 0 });
    expect(await priceOf("30103@all")).toBe("342");
    await office.giveCode(product, "30103");
    expect(await feed.poll()).toMatchObject({ outcome: "done", refused: 0 });
    expect(await feed.refusals()).toEqual([]);
  });

  test("an answer that is a page of a portal, or a list with nothing in it, changes nothing", async () => {
    const before = [await feed.documents("products"), await feed.documents("prices"), await feed.documents("stock")];
    proxy.twist("html");
    expect(await feed.poll({ full: true })).toMatchObject({ outcome: "failed", code: "feed.failed" });
    proxy.twist("empty");
    expect(await feed.poll({ full: true })).toMatchObject({ outcome: "done", code: "feed.too-many-deletions", deleted: 0 });
    expect(proxy.requests).toBeGreaterThan(0);
    expect([await feed.documents("products"), await feed.documents("prices"), await feed.documents("stock")]).toEqual(before);
    proxy.twist("none");
    expect(await feed.poll({ full: true })).toMatchObject({ outcome: "done", deletionsHeld: 0 });
  });

  test("the server is killed in the middle of a round and comes back: the round goes on, and ends as one that was left alone", async () => {
    const other = await openTestDatabase();
    const url = String(running.facts["url"]);
    const torn = await openTestFeed(other, fileFor(running.facts, url, { pageRecords: 4 }));
    try {
      const round = torn.poll();
      await until(
        "some pages",
        () => torn.documents("products"),
        (documents) => documents.length > 2,
      );
      await running.kill();
      expect(await round).toMatchObject({ outcome: "failed" });
      const half = (await torn.documents("products")).length;
      expect(half).toBeLessThan((await feed.documents("products")).length - 1);
      running = await server.start(installed.folder, { keepState: true, port: Number(new URL(url).port) });
      expect(await torn.poll()).toMatchObject({ outcome: "done" });
      for (const collection of ["products", "prices", "stock"] as const) {
        // What was deleted came before this feed.
        const living = (await feed.documents(collection)).filter(({ id, fields }) => fields !== null && id !== "30102");
        const contents = (await torn.documents(collection)).map(({ id, scope, fields }) => ({ id, scope, fields }));
        expect(contents).toEqual(living.map(({ id, scope, fields }) => ({ id, scope, fields })));
      }
    } finally {
      await torn.close();
      await other.close();
    }
  });
});
