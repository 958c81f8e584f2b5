import { randomBytes } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { OPEN_TEST_DATABASE_MAX_MS, openTestDatabase } from "../db/testing/open-test-database.ts";
import { createSeal } from "../destinations/seal.ts";
import { checkFeed } from "../feeds/feed-file.ts";
import { addFeed, FEEDS_TOPIC } from "../feeds/feed.ts";
import { NOTICE_AGE_MAX_MS } from "../feeds/verify-notice.ts";
import { openTestCloud, type TestCloud } from "../testing/open-test-cloud.ts";

const seal = createSeal(Buffer.alloc(32, 5));
const SECRET = `whsec_${randomBytes(32).toString("base64")}`;
const VENDURE = { kind: "vendure", url: "https://shop.example.com/admin-api", secret: "key:secret", stores: {} };

let db: Database;
let cloud: TestCloud;
beforeAll(async () => {
  db = await openTestDatabase();
  cloud = await openTestCloud(db, { seal: () => Promise.resolve(seal) });
  await addFeed(db, checkFeed({ ...VENDURE, name: "web", noticeSecret: SECRET }), seal, 1);
  await addFeed(db, checkFeed({ ...VENDURE, name: "deaf" }), seal, 1);
}, OPEN_TEST_DATABASE_MAX_MS);
afterAll(async () => {
  await cloud.app.close();
  await db.close();
});

interface Sent {
  readonly feed?: string;
  readonly text?: string;
  readonly ageMs?: number;
  readonly secret?: string;
  readonly headers?: Record<string, string>;
}

async function send({ feed = "web", text = '{"type":"order.changed","key":"ABC"}', ageMs = 0, secret = SECRET, headers = {} }: Sent = {}) {
  const at = new Date(cloud.clock.nowMs - ageMs);
  const signed = {
    "content-type": "application/json",
    "webhook-id": "msg_1",
    "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
    "webhook-signature": new Webhook(secret).sign("msg_1", at, text),
    ...headers,
  };
  const answer = await cloud.app.inject({ method: "POST", url: `/v1/feeds/${feed}/notices`, payload: text, headers: signed });
  return { status: answer.statusCode, code: answer.json<{ error?: { code: string } }>().error?.code };
}
const notices = (): Promise<unknown[]> => db.query(sql`SELECT feed, key, times FROM feed_notice ORDER BY key`);

test("a signed notice is kept by the record's name and wakes whoever polls; one that comes again is kept once", async () => {
  const since = cloud.deps.wake.mark(FEEDS_TOPIC);
  expect(await send()).toEqual({ status: 202, code: undefined });
  expect(cloud.deps.wake.mark(FEEDS_TOPIC)).toBeGreaterThan(since);
  expect(await send()).toEqual({ status: 202, code: undefined });
  expect(await notices()).toEqual([{ feed: "web", key: "ABC", times: 2 }]);
});

test.each<[string, Sent]>([
  ["another secret", { secret: `whsec_${randomBytes(32).toString("base64")}` }],
  ["no signature", { headers: { "webhook-signature": "" } }],
  ["a signature of another message", { headers: { "webhook-id": "msg_2" } }],
  ["a time that was not signed", { headers: { "webhook-timestamp": "1800000001" } }],
  ["a notice that was kept for later", { ageMs: NOTICE_AGE_MAX_MS + 1_000 }],
  ["a notice from the future", { ageMs: -NOTICE_AGE_MAX_MS - 1_000 }],
  ["a feed that is not there", { feed: "nobody" }],
  ["a feed that takes no notices", { feed: "deaf" }],
])("refuses %s in the same words, and keeps nothing", async (_what, sent) => {
  const before = await notices();
  expect(await send(sent)).toEqual({ status: 401, code: "feed.notice-refused" });
  expect(await notices()).toEqual(before);
});

test("one of several signatures is enough, and the last moment counts", async () => {
  const good = new Webhook(SECRET).sign("msg_1", new Date(cloud.clock.nowMs), '{"key":"TWO"}');
  expect(await send({ text: '{"key":"TWO"}', headers: { "webhook-signature": `v1,bm9uZQ== ${good}` } })).toMatchObject({ status: 202 });
  expect(await send({ text: '{"key":"OLD"}', ageMs: NOTICE_AGE_MAX_MS })).toMatchObject({ status: 202 });
});

test.each([
  ["no JSON", "{", 400],
  ["no key", "{}", 400],
  ["a key without end", JSON.stringify({ key: "x".repeat(201) }), 400],
  ["more than a notice", JSON.stringify({ key: "x", more: "x".repeat(8_192) }), 413],
])("refuses %s from whoever may sign", async (_what, text, status) => {
  expect((await send({ text })).status).toBe(status);
});
