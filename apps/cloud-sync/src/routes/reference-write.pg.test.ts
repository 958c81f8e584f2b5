import { gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sql } from "../db/sql.ts";
import { OPEN_TEST_DATABASE_MAX_MS, openTestDatabase } from "../db/testing/open-test-database.ts";
import { listenHeads } from "../reference/announce-heads.ts";
import { EXPORT_DOCUMENTS_MAX } from "../reference/export-documents.ts";
import { REFUSALS_LISTED_MAX } from "../reference/feed/limits.ts";
import { takeFeed } from "../reference/feed/take-feed.ts";
import { scope } from "../reference/testing/changes.ts";
import { addFeedClient, type FeedClient } from "../reference/testing/feed-client.ts";
import { revokeServiceClient } from "../service-clients/revoke-service-client.ts";
import { openTestCloud, type TestCloud } from "../testing/open-test-cloud.ts";

let cloud: TestCloud;
let erp: FeedClient;
beforeAll(async () => {
  cloud = await openTestCloud(await openTestDatabase());
  erp = await addFeedClient(cloud, "erp");
  await cloud.enrolled("till-1", "S1");
  await cloud.enrolled("till-2", "S2");
  const store = (id: string, currency: string): object => ({ id, name: id, timeZone: "Europe/Berlin", currency });
  await erp.load("stores?scope=all", [store("S1", "EUR"), store("S2", "CHF"), store("S3", "EUR")]);
}, OPEN_TEST_DATABASE_MAX_MS);
afterAll(async () => {
  await cloud.app.close();
  await cloud.deps.db.close();
});

const price = (id: string, amount: string, more: object = {}): object => ({
  id,
  itemId: `item-${id}`,
  currency: "EUR",
  exponent: 2,
  amount,
  ...more,
});
const product = (id: string, more: object = {}): object => ({ id, description: id, ...more });
const stored = async (collection: string, id: string): Promise<unknown> =>
  (
    await cloud.deps.db.query<{ scope: string; version: number; body: unknown }>(sql`
      SELECT scope, version, body FROM reference_document WHERE collection = ${collection} AND id = ${id}`)
  )[0];

describe("a feed", () => {
  test("is taken row by row: what is wrong is refused with line and reason, and its document stays as it was", async () => {
    await erp.load("prices?scope=store:S1", [price("a", "100"), price("b", "200")]);
    const { status, body } = await erp.put("prices?scope=store:S1", [
      price("a", "-1"),
      price("b", "250"),
      price("c", "300", { currency: "CHF" }),
      price("d", "300", { exponent: 3 }),
      { id: " e", itemId: "e" },
      price("f", "100", { scope: "store:nowhere!" }),
      price("a", "100"),
    ]);
    expect(status).toBe(200);
    expect(body).toEqual({
      accepted: 1,
      unchanged: 1,
      refused: 5,
      refusals: [
        { line: 1, id: "a", code: "reference.invalid", detail: "amount: a price is not negative" },
        { line: 3, id: "c", code: "reference.currency-wrong", detail: "currency: CHF, the store has EUR" },
        { line: 4, id: "d", code: "reference.invalid", detail: "document: exponent is not the currency's" },
        { line: 5, code: "reference.invalid", detail: "id: printable, no white space at the ends" },
        { line: 6, id: "f", code: "reference.invalid", detail: "scope: all, store:ID or terminal:ID" },
      ],
      refusedMore: 0,
    });
    expect(await stored("prices", "a")).toMatchObject({ version: 1, body: { amount: "100" } });
    expect(await stored("prices", "b")).toMatchObject({ version: 2, body: { amount: "250" } });
    expect(await stored("prices", "c")).toBeUndefined();
  });

  test("sent again changes nothing", async () => {
    const rows = [product("again"), product("again-2", { attributes: { b: "1", a: "2" } })];
    expect(await erp.load("products?scope=all", rows)).toMatchObject({ accepted: 2, unchanged: 0 });
    expect(await erp.load("products?scope=all", rows)).toMatchObject({ accepted: 0, unchanged: 2 });
  });

  test.each([
    ["zstd", zstdCompressSync],
    ["gzip", gzipSync],
  ] as const)("may come as %s; one that is damaged says so, and what was taken of it", async (encoding, pack) => {
    const rows = (count: number): string => Array.from({ length: count }, (_, i) => JSON.stringify(product(`${encoding}-${i}`))).join("\n");
    const headers = { "content-encoding": encoding };
    expect((await erp.put("products?scope=all", pack(rows(3)), headers)).body).toMatchObject({ accepted: 3, refused: 0 });
    const damaged = await erp.put("products?scope=all&replace=true", pack(rows(3)).subarray(0, -3), headers);
    expect(damaged).toMatchObject({ status: 400, body: { error: { code: "reference.feed-broken" }, report: { refused: 0 } } });
    expect(damaged.body.report.deleted).toBeUndefined();
  });

  test("with a bad line between good ones loses that line alone", async () => {
    const bad = Buffer.concat([
      Buffer.from(`\ufeff${JSON.stringify(product("bom"))}\r\n\r\n{"id":"`),
      Buffer.from([0xff, 0xfe]),
      Buffer.from(`"}\r\n${JSON.stringify(product("nul", { attributes: { a: "\0" } }))}\n${JSON.stringify(product("last"))}\n{"id":"cut`),
    ]);
    const { body } = await erp.put("products?scope=all", bad);
    expect(body).toMatchObject({
      accepted: 2,
      refused: 3,
      refusals: [
        { line: 3, code: "reference.encoding-wrong" },
        { line: 4, code: "reference.row-malformed", detail: "a text with a NUL character" },
        { line: 6, code: "reference.row-malformed", detail: "the feed ends in the middle of the row" },
      ],
    });
  });

  test("names a bounded number of refusals and counts the rest", async () => {
    for (const past of [0, 1]) {
      const { body } = await erp.put(
        "prices?scope=store:S1",
        Array.from({ length: REFUSALS_LISTED_MAX + past }, () => price("n", "-1")),
      );
      expect(body).toMatchObject({ accepted: 0, refused: REFUSALS_LISTED_MAX + past, refusedMore: past });
      expect(body.refusals).toHaveLength(REFUSALS_LISTED_MAX);
    }
  });

  test("that says two things of one document: the first counts, the others are refused", async () => {
    const { body } = await erp.put("prices?scope=store:S1", [price("two", "100"), price("two", "90"), price("two", "100")]);
    expect(body).toMatchObject({ accepted: 1, unchanged: 1, refusals: [{ line: 2, id: "two", code: "reference.contradiction" }] });
    expect(await stored("prices", "two")).toMatchObject({ version: 1, body: { amount: "100" } });
  });

  test("of a dry run is checked and not written", async () => {
    const { body } = await erp.put("prices?scope=store:S1&dryRun=true", [price("dry", "100"), price("dry-2", "-100")]);
    expect(body).toMatchObject({ accepted: 1, refused: 1 });
    expect(await stored("prices", "dry")).toBeUndefined();
  });

  test("wakes who follows", async () => {
    const heard: unknown[] = [];
    const stop = await listenHeads(cloud.deps.db, (heads) => heard.push(...heads));
    await erp.load("configuration?scope=store:S3", [{ id: "receipt.footer", value: "Thank you" }]);
    expect(heard).toEqual([{ collection: "configuration", scope: "store:S3", head: 1 }]);
    await stop();
  });
});

describe("scopes", () => {
  test("a row's own goes before the feed's; without either it is refused", async () => {
    await erp.load("prices?scope=store:S1", [price("own", "1", { scope: "store:S3" })]);
    expect(await stored("prices", "own")).toMatchObject({ scope: "store:S3" });
    expect((await erp.put("prices", [price("none", "1")])).body.refusals).toMatchObject([{ code: "reference.invalid" }]);
  });

  test("a document does not leave its scope by accident", async () => {
    await erp.load("prices?scope=store:S1", [price("mine", "1")]);
    const { body } = await erp.put("prices?scope=store:S3", [price("mine", "2")]);
    expect(body.refusals).toEqual([{ line: 1, id: "mine", code: "reference.elsewhere", detail: "it lives in store:S1" }]);
    expect(await stored("prices", "mine")).toMatchObject({ scope: "store:S1", version: 1 });
    expect((await erp.put("prices?scope=store:S3&move=true", [price("mine", "2")])).body).toMatchObject({ accepted: 1 });
    expect(await stored("prices", "mine")).toMatchObject({ scope: "store:S3", version: 2 });
  });

  test("prices for everyone are in money that some store takes; a terminal's are in its store's", async () => {
    const { body } = await erp.put("prices", [
      price("usd", "1", { scope: "all", currency: "USD" }),
      price("chf", "1", { scope: "all", currency: "CHF" }),
      price("till", "1", { scope: "terminal:till-2" }),
      price("till-chf", "1", { scope: "terminal:till-2", currency: "CHF" }),
      price("unknown", "1", { scope: "store:S77", currency: "JPY", exponent: 0 }),
    ]);
    expect(body).toMatchObject({
      accepted: 3,
      refusals: [
        { id: "usd", code: "reference.currency-wrong" },
        { id: "till", code: "reference.currency-wrong", detail: "currency: EUR, the store has CHF" },
      ],
    });
  });
});

describe("a store's own", () => {
  test("orders and levels are not shown to another store; a store is named by its id", async () => {
    const level = (storeId: string): object => ({ id: `${storeId}:i`, storeId, itemId: "i", onHand: "4" });
    const { body } = await erp.put("stock?scope=store:S1", [level("S1"), level("S2"), { ...level("S2"), scope: "terminal:till-2" }]);
    expect(body).toMatchObject({ accepted: 1, refusals: [{ line: 2, detail: "storeId: not the store of the scope" }, { line: 3 }] });
    const odd = { id: "the first", name: "x", timeZone: "Europe/Berlin", currency: "EUR" };
    expect((await erp.put("stores?scope=all", [odd])).body.refusals).toMatchObject([
      { code: "reference.invalid", detail: "id: not a store's id" },
    ]);
    const order = { orderId: "w", storeId: "S2", status: "created", currency: "CHF", exponent: 2, total: "1", due: "0", lines: [] };
    expect((await erp.put("orders?scope=store:S1", [{ id: "w", ...order }])).body).toMatchObject({ refused: 1 });
    expect((await erp.put("orders?scope=store:S2", [{ id: "w", ...order }])).body).toMatchObject({ accepted: 1 });
    await erp.delete("orders/w");
  });
});

describe("a feed that replaces a scope", () => {
  const load = async (where: string, count: number): Promise<void> => {
    await erp.load(
      `prices?scope=${where}`,
      Array.from({ length: count }, (_, i) => price(`${where}-${i}`, "1")),
    );
  };
  const some = (where: string, from: number, to: number, more: object = {}): object[] =>
    Array.from({ length: to - from }, (_, i) => price(`${where}-${from + i}`, "1", more));
  const living = async (where: string): Promise<number> =>
    (await cloud.deps.db.query(sql`SELECT 1 FROM reference_document WHERE scope = ${where} AND body IS NOT NULL`)).length;

  test("deletes what it does not have, up to its share and not past it", async () => {
    await load("store:R1", 10);
    const past = await erp.put("prices?scope=store:R1&replace=true", some("store:R1", 3, 10));
    expect(past).toMatchObject({
      status: 409,
      body: { error: { code: "reference.too-many-deletions", detail: "3 of 10 documents; 2 would be taken" } },
    });
    expect(past.body.report).toMatchObject({ unchanged: 7, deleted: 0 });
    expect(await living("store:R1")).toBe(10);
    expect((await erp.put("prices?scope=store:R1&replace=true", some("store:R1", 2, 10))).body).toMatchObject({ unchanged: 8, deleted: 2 });
    expect(await living("store:R1")).toBe(8);
    const told = await erp.put("prices?scope=store:R1&replace=true&maxDeletedPercent=100", "");
    expect(told.body).toMatchObject({ accepted: 0, deleted: 8 });
    expect(await living("store:R1")).toBe(0);
  });

  test("deletes nothing when a row was refused", async () => {
    await load("store:R2", 10);
    const { body } = await erp.put("prices?scope=store:R2&replace=true", [...some("store:R2", 1, 10), price("bad", "-1")]);
    expect(body).toMatchObject({ unchanged: 9, refused: 1, deleted: 0, deletionsWithheld: "rows-refused" });
    expect(await living("store:R2")).toBe(10);
  });

  test("leaves other scopes and what others wrote meanwhile alone", async () => {
    await load("store:R3", 10);
    await load("store:R4", 2);

    async function* rows() {
      yield some("store:R3", 1, 10).map((fields, i) => ({ line: i + 1, bytes: 1, read: { fields: fields as Record<string, unknown> } }));
      // Another writer, while the feed is read: a new one, and a change of the one that the feed leaves out.
      await erp.load("prices?scope=store:R3", [price("newer", "1"), price("store:R3-0", "2")]);
    }
    const feed = {
      collection: "prices",
      scope: scope("store:R3"),
      store: undefined,
      move: false,
      replace: { maxDeletedPercent: 100 },
      dryRun: false,
    } as const;
    expect(await takeFeed({ db: cloud.deps.db, now: () => 1 }, feed, rows())).toMatchObject({ unchanged: 9, deleted: 0 });
    expect(await living("store:R3")).toBe(11);
    expect(await living("store:R4")).toBe(2);
  });

  test("names its scope, and has no rows of another", async () => {
    expect(await erp.put("prices?replace=true", [])).toMatchObject({ status: 400, body: { error: { code: "wire.malformed" } } });
    const { body } = await erp.put("prices?scope=store:R5&replace=true", [price("x", "1", { scope: "store:R6" })]);
    expect(body).toMatchObject({ refusals: [{ code: "reference.invalid" }], deletionsWithheld: "rows-refused" });
  });
});

describe("deletions", () => {
  test("by id and in bulk, where the document lives or only where it is said to", async () => {
    await erp.load("prices?scope=store:S1", [price("d1", "1"), price("d2", "1"), price("d3", "1")]);
    expect((await erp.delete("prices/d1")).body).toMatchObject({ accepted: 1, unchanged: 0 });
    expect((await erp.delete("prices/d1")).body).toMatchObject({ accepted: 0, unchanged: 1 });
    expect((await erp.delete("prices?scope=store:S3", [{ id: "d2" }])).body).toMatchObject({ accepted: 0, unchanged: 1 });
    const { body } = await erp.delete("prices", '{"id":"d2"}\n{"id":"d3"}\nnonsense\n{"ids":[]}\n{"id":"never"}\n');
    expect(body).toMatchObject({ accepted: 2, unchanged: 1, refusals: [{ line: 3 }, { line: 4, code: "reference.invalid" }] });
    expect(await stored("prices", "d3")).toMatchObject({ version: 2, body: null });
  });
});

test("an id of any letters and of full length can be deleted by its path; a longer one is none", async () => {
  for (const id of ["a/b?c=d#e %", "€".repeat(200), "😀".repeat(100)]) {
    await erp.load("prices?scope=store:S1", [price(id, "1", { itemId: "i" })]);
    expect((await erp.delete(`prices/${encodeURIComponent(id)}`)).body, id).toMatchObject({ accepted: 1 });
  }
  expect((await erp.delete(`prices/${"x".repeat(201)}`)).status).toBe(400);
});

describe("export", () => {
  test("gives pages that a feed takes back", async () => {
    await erp.load("orders?scope=store:S1", ["o1", "o2", "o3"].map(order));
    const first = await erp.get("orders?limit=2");
    expect(first.headers["content-type"]).toContain("application/x-ndjson");
    expect(first.headers["tillsync-next"]).toBe("o2");
    const second = await erp.get("orders?limit=2&after=o2");
    expect(second.headers["tillsync-next"]).toBeUndefined();
    const all = `${first.body}${second.body}`;
    expect(
      all
        .split("\n")
        .filter(Boolean)
        .map((line: string) => JSON.parse(line) as object),
    ).toMatchObject([{ id: "o1", scope: "store:S1", status: "created" }, { id: "o2" }, { id: "o3" }]);
    expect((await erp.put("orders", all)).body).toMatchObject({ accepted: 0, unchanged: 3, refused: 0 });
    for (const past of [0, 1]) expect((await erp.get(`orders?limit=${EXPORT_DOCUMENTS_MAX + past}`)).status).toBe(past === 0 ? 200 : 400);
    expect((await erp.get("orders?scope=store:S9")).body).toBe("");
  });
});

const order = (id: string): object => ({
  id,
  orderId: id,
  storeId: "S1",
  status: "created",
  currency: "EUR",
  exponent: 2,
  total: "100",
  due: "0",
  lines: [{ itemId: "i", quantity: { value: "1", uom: "EA" } }],
});

describe("who may", () => {
  test("not someone without a token, with a terminal's proof, without the right, or revoked", async () => {
    const reader = await addFeedClient(cloud, "reader", undefined, ["reference:read"]);
    const writer = await addFeedClient(cloud, "writer", undefined, ["reference:write"]);
    expect(await reader.put("prices?scope=all", [])).toMatchObject({ status: 403, body: { error: { code: "auth.not-allowed" } } });
    expect(await writer.get("prices")).toMatchObject({ status: 403, body: { error: { code: "auth.not-allowed" } } });
    expect((await reader.get("prices?limit=1")).status).toBe(200);
    const proof = await (await cloud.enrolled("till-9", "S1")).proof(cloud.clock.nowMs);
    for (const authorization of ["", proof])
      expect(await erp.put("prices?scope=all", [], { authorization })).toMatchObject({
        status: 401,
        body: { error: { code: "auth.service-token" } },
      });
    await revokeServiceClient(cloud.deps.db, "writer", { who: "test", nowMs: 1 });
    expect((await writer.put("prices?scope=all", [])).status).toBe(401);
    expect((await writer.delete("prices/x")).status).toBe(401);
  });

  test("a store's client stays in its store, and takes no document out of another's or everyone's", async () => {
    const shop = await addFeedClient(cloud, "shop", "S1");
    await erp.load("prices", [
      price("everyones", "1", { scope: "all" }),
      price("others", "1", { scope: "store:S3" }),
      price("its", "1", { scope: "store:S1" }),
    ]);
    const { body } = await shop.put("prices?move=true", [
      price("everyones", "2", { scope: "store:S1" }),
      price("others", "2", { scope: "store:S1" }),
      price("new", "1", { scope: "all" }),
      price("new-2", "1", { scope: "terminal:till-2" }),
      price("its", "2", { scope: "terminal:till-1" }),
      price("nobodys", "2", { scope: "terminal:till-77" }),
    ]);
    expect(body).toMatchObject({ accepted: 1, refused: 5 });
    expect(body.refusals.map((one: { code: string }) => one.code)).toEqual(Array.from({ length: 5 }, () => "reference.scope-forbidden"));
    const gone = await shop.delete("prices", [{ id: "everyones" }, { id: "others" }, { id: "its" }]);
    expect(gone.body).toMatchObject({ accepted: 1, refused: 2 });
    expect(await stored("prices", "others")).toMatchObject({ scope: "store:S3", version: 1 });
    expect((await shop.get("prices")).body).toContain('"id":"everyones"');
    expect((await shop.get("prices")).body).not.toContain('"id":"others"');
    expect(await shop.get("prices?scope=store:S3")).toMatchObject({ status: 403, body: { error: { code: "reference.scope-forbidden" } } });
  });

  test("nobody writes quotas, or collections that are none", async () => {
    expect(await erp.put("quotas?scope=all", [])).toMatchObject({ status: 403, body: { error: { code: "reference.own-collection" } } });
    expect(await erp.put("nonsense?scope=all", [])).toMatchObject({
      status: 404,
      body: { error: { code: "reference.collection-unknown" } },
    });
    expect((await erp.get("nonsense")).status).toBe(404);
  });

  test("wrong media types, encodings and queries are told", async () => {
    expect((await erp.put("prices?scope=all", [], { "content-type": "application/json" })).status).toBe(415);
    expect((await erp.put("prices?scope=all", [], { "content-encoding": "br" })).body).toMatchObject({
      error: { code: "wire.media-type" },
    });
    for (const query of ["scope=nowhere", "replace=yes", "maxDeletedPercent=101&scope=all", "unknown=1"])
      expect((await erp.put(`prices?${query}`, [])).status, query).toBe(400);
    expect((await erp.delete("prices")).status).toBe(415);
  });
});
