import { documentSchemas } from "@tillsync/sync-protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sql } from "../../db/sql.ts";
import { OPEN_TEST_DATABASE_MAX_MS, openTestDatabase } from "../../db/testing/open-test-database.ts";
import { openTestCloud, type TestCloud } from "../../testing/open-test-cloud.ts";
import { scope } from "../testing/changes.ts";
import { addFeedClient, type FeedClient } from "../testing/feed-client.ts";
import { wrongRelations } from "./check-relations.ts";
import type { CheckedRow } from "./check-row.ts";
import type { FeedRow } from "./feed-row.ts";
import { BATCH_ROWS_MAX, FEED_ROWS_MAX, OPEN_PRICES_MAX, RELATION_STEPS_MAX } from "./limits.ts";
import { emptyReport } from "./report.ts";
import { takeFeed } from "./take-feed.ts";

let cloud: TestCloud;
let erp: FeedClient;
beforeAll(async () => {
  cloud = await openTestCloud(await openTestDatabase());
  erp = await addFeedClient(cloud, "erp");
}, OPEN_TEST_DATABASE_MAX_MS);
afterAll(async () => {
  await cloud.app.close();
  await cloud.deps.db.close();
});

const variant = (id: string, variantOf?: string): object => ({ id, description: id, variantOf });
const set = (id: string, ...parts: string[]): object => ({
  id,
  description: id,
  components: parts.map((itemId) => ({ itemId, quantity: "1" })),
});
const put = async (rows: readonly object[], query = "products?scope=all") => (await erp.put(query, rows)).body;

describe("products that refer to each other", () => {
  test("to themselves, or in a circle inside the feed: all rows of the circle are refused, the others taken", async () => {
    const body = await put([
      variant("c1", "c2"),
      variant("c2", "c3"),
      variant("c3", "c1"),
      variant("c4", "c1"),
      set("self", "self"),
      set("fine", "c4", "c4"),
    ]);
    expect(body).toMatchObject({
      accepted: 2,
      refusals: [
        { line: 1, id: "c1", code: "reference.cycle", detail: "variantOf: comes back to itself after 3 steps" },
        { line: 2, code: "reference.cycle" },
        { line: 3, code: "reference.cycle" },
        { line: 5, code: "reference.cycle", detail: "components: comes back to itself after 1 steps" },
      ],
    });
  });

  test("in a circle that is closed through what is stored", async () => {
    await erp.load("products?scope=all", [set("s1", "s2"), set("s2", "s3", "s4"), set("s3")]);
    expect(await put([set("s3", "s1"), set("s4")])).toMatchObject({ accepted: 1, refusals: [{ id: "s3", code: "reference.cycle" }] });
    // The stored relation is given up in the same feed: then there is no circle.
    expect(await put([set("s3", "s1"), set("s1", "s4")])).toMatchObject({ accepted: 2, refused: 0 });
  });

  test("a circle that only a refused row would open is judged without it", async () => {
    await erp.load("products?scope=all", [variant("v1", "v2"), variant("v2")]);
    // v1 would let go of v2, were it not a part of itself.
    const body = await put([{ ...variant("v1"), ...set("v1", "v1") }, variant("v2", "v1")]);
    expect(body.refusals).toMatchObject([
      { id: "v1", code: "reference.cycle" },
      { id: "v2", code: "reference.cycle" },
    ]);
  });

  test("negative control: two rows that are both judged before either is written would close a circle, hence the lock", async () => {
    const row = (id: string, variantOf: string): CheckedRow => {
      const fields = documentSchemas.products.parse({ id, description: id, variantOf });
      return { line: 1, bytes: 1, change: { collection: "products", id, scope: scope("all"), fields } };
    };
    const { db } = cloud.deps;
    for (const one of [row("x1", "x2"), row("x2", "x1")]) expect((await wrongRelations(db, [one])).size).toBe(0);
    expect((await wrongRelations(db, [row("x1", "x2"), row("x2", "x1")])).size).toBe(2);
  });

  test("over as many steps as may be and not one more; a diamond is no circle", async () => {
    const chain = Array.from({ length: RELATION_STEPS_MAX + 1 }, (_, i) => variant(`n${i}`, `n${i + 1}`));
    const body = await put(chain);
    expect(body).toMatchObject({ accepted: RELATION_STEPS_MAX, refusals: [{ id: "n0", code: "reference.too-deep" }] });
    expect(await put([set("top", "left", "right"), set("left", "base"), set("right", "base"), set("base")])).toMatchObject({ accepted: 4 });
  });
});

describe("prices of one item", () => {
  const price = (i: number, more: object = {}): object => ({
    id: `p${i}`,
    itemId: "popular",
    currency: "EUR",
    exponent: 2,
    amount: String(i),
    ...more,
  });

  test("up to the limit in one scope, and not past it; ended ones and other scopes do not count", async () => {
    const ended = Array.from({ length: 50 }, (_, i) => price(10_000 + i, { validUntil: "2020-01-01T00:00" }));
    await erp.load("prices?scope=all", ended);
    const body = await put(
      Array.from({ length: OPEN_PRICES_MAX + 1 }, (_, i) => price(i)),
      "prices?scope=all",
    );
    expect(body).toMatchObject({ accepted: OPEN_PRICES_MAX, refusals: [{ id: `p${OPEN_PRICES_MAX}`, code: "reference.too-many-prices" }] });
    // In a later feed too: what is there may change, nothing may come.
    expect(await put([price(1, { amount: "7" }), price(5_000)], "prices?scope=all")).toMatchObject({ accepted: 1, refused: 1 });
    expect(await put([price(5_000)], "prices?scope=store:S1")).toMatchObject({ accepted: 1 });
    await erp.delete("prices/p3");
    expect(await put([price(5_001)], "prices?scope=all")).toMatchObject({ accepted: 1 });
  });

  test("a feed of many rows of one product that contradict each other costs no writes", async () => {
    const rows = Array.from({ length: 3 * BATCH_ROWS_MAX }, (_, i) => ({ id: "one", description: `name ${i}` }));
    expect(await put(rows)).toMatchObject({
      accepted: 1,
      unchanged: 0,
      refused: rows.length - 1,
      refusals: [{ line: 2, code: "reference.contradiction" }, ...Array.from({ length: 99 }, () => ({}))],
    });
    const [row] = await cloud.deps.db.query(sql`SELECT version FROM reference_document WHERE id = 'one'`);
    expect(row).toEqual({ version: 1 });
  });
});

test("a feed is taken up to its number of rows and not past it; what came before stays", async () => {
  const rows = (count: number) =>
    (async function* (): AsyncGenerator<FeedRow[]> {
      yield Array.from({ length: count }, (_, i) => ({ line: i + 1, bytes: 1, read: { fields: { id: `limit-${i}`, value: i } } }));
    })();
  const feed = {
    collection: "configuration",
    scope: "all" as never,
    store: undefined,
    move: false,
    replace: undefined,
    dryRun: false,
  } as const;
  const deps = { db: cloud.deps.db, now: () => 1 };
  expect(await takeFeed(deps, feed, rows(5), emptyReport(), 5)).toMatchObject({ accepted: 5 });
  const report = emptyReport();
  await expect(takeFeed(deps, feed, rows(6), report, 5)).rejects.toMatchObject({ code: "reference.feed-too-large" });
  expect(report).toMatchObject({ unchanged: 5 });
  expect(FEED_ROWS_MAX).toBe(1_000_000);
});

describe("personal data", () => {
  const jwe = (header: object): string => `${Buffer.from(JSON.stringify(header)).toString("base64url")}.a.b.c.d`;
  const sealed = jwe({ alg: "RSA-OAEP-256", enc: "A256GCM" });
  const card = { currency: "EUR", exponent: 2, balance: "5000" };

  test.each([
    ["members", { id: "ada@example.com" }, "id: looks like an e-mail address"],
    ["members", { id: "Ada Lovelace" }, "id: not a pseudonym of 22 base64url digits"],
    ["members", { id: "A".repeat(22), sealed: "Ada.Lovelace.1.London.UK" }, "sealed: not encrypted"],
    ["members", { id: "A".repeat(22), sealed: jwe({ alg: "none" }) }, "sealed: not encrypted"],
    ["members", { id: "A".repeat(22), customerGroup: "ada@example.com" }, "customerGroup: looks like an e-mail address"],
    ["giftcards", { id: "4111111111111111", ...card }, "id: looks like a card number"],
    ["giftcards", { id: "4111-1111-1111-1111___", ...card }, "id: looks like a card number"],
    ["giftcards", { id: "6006 4911 1111 1111 8", ...card }, "id: not a pseudonym of 22 base64url digits"],
    ["giftcards", { id: "ada@example.com", ...card }, "id: looks like an e-mail address"],
  ])("in %s is refused by a word that does not repeat it", async (collection, row, detail) => {
    const { body } = await erp.put(`${collection}?scope=all`, [row]);
    expect(body.refusals).toEqual([{ line: 1, code: "reference.personal-data", detail }]);
    expect(JSON.stringify(body)).not.toContain(row.id);
  });

  test("pseudonyms and sealed profiles are taken; where such a row is wrong otherwise its id is not shown", async () => {
    const member = { id: "q83vEjRWeJCrze8SNFZ4kA", sealed, tier: "gold" };
    expect((await erp.put("members?scope=all", [member])).body).toMatchObject({ accepted: 1, refused: 0 });
    expect((await erp.put("giftcards?scope=all", [{ ...card, id: "q83vEjRWeJCrze8SNFZ4kA", lastDigits: "1111" }])).body).toMatchObject({
      accepted: 1,
    });
    const { body } = await erp.put("members?scope=all", [{ ...member, name: "Ada" }]);
    expect(body.refusals).toMatchObject([{ line: 1, code: "reference.invalid" }]);
    expect(body.refusals[0].id).toBeUndefined();
    const moved = await erp.put("members?scope=store:S1", [member]);
    expect(moved.body.refusals).toEqual([{ line: 1, code: "reference.elsewhere", detail: "it lives in all" }]);
  });
});
