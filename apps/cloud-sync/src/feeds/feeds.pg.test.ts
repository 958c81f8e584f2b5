import type { Scope } from "@tillsync/sync-protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { OPEN_TEST_DATABASE_MAX_MS, openTestDatabase } from "../db/testing/open-test-database.ts";
import { createSeal } from "../destinations/seal.ts";
import { recordingLog } from "../subscribers/testing/quiet.ts";
import { checkFeed } from "./feed-file.ts";
import type { FeedDocument, FeedItem } from "./feed-kind.ts";
import { takeFeed } from "./feed-lease.ts";
import { dueFeeds, wishRun } from "./feed-runs.ts";
import { addFeed, findFeed, listFeeds, readFeedConfig, removeFeed, setFeedState } from "./feed.ts";
import { addNotice, NOTICES_MAX } from "./notices.ts";
import { pollFeed, type PollDeps } from "./poll-feed.ts";
import { listRefusals } from "./refusals.ts";
import { runNow } from "./run-now.ts";
import { showFeed } from "./show-feed.ts";
import { FILE, memorySource, openInstead, type MemorySource } from "./testing/memory-source.ts";

const NOW_MS = 1_800_000_000_000;
const seal = createSeal(Buffer.alloc(32, 3));

const product = (id: string, more: object = {}): FeedDocument => ({
  collection: "products",
  id,
  scope: "all" as Scope,
  fields: { description: `Article ${id}`, ...more },
});
const price = (id: string, amount: string): FeedDocument => ({
  collection: "prices",
  id: `${id}@all`,
  scope: "all" as Scope,
  fields: { itemId: id, currency: "EUR", exponent: 2, amount },
});
const said = (...documents: FeedDocument[]): Omit<FeedItem, "key"> => ({ documents, refused: [] });

describe("feeds", () => {
  let db: Database;
  let deps: PollDeps;
  let clock: { nowMs: number };
  let source: MemorySource;
  let name = "";
  let feeds = 0;

  beforeAll(async () => {
    db = await openTestDatabase();
  }, OPEN_TEST_DATABASE_MAX_MS);
  afterAll(() => db.close());
  beforeEach(async () => {
    name = `erp-${(feeds += 1)}`;
    clock = { nowMs: NOW_MS };
    source = memorySource();
    // Waits end when they are told to: no test waits for a lease to be renewed.
    const sleep = (_ms: number, signal?: AbortSignal): Promise<void> =>
      signal === undefined
        ? Promise.resolve()
        : new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
    deps = { db, log: recordingLog(), owner: "one", seal, open: new Map(), ports: { nowMs: () => clock.nowMs, random: () => 0.5, sleep } };
    await add(name, source);
  });

  const add = async (called: string, of: MemorySource, more: object = {}): Promise<void> => {
    await addFeed(db, checkFeed({ ...FILE, name: called, ...more }), seal, NOW_MS);
    deps.open.set(called, openInstead(called, NOW_MS, of, more));
  };
  const poll = async (wish: { full?: boolean; allowDeletions?: boolean } = {}, called = name) => {
    await wishRun(db, called, { full: wish.full ?? false, allowDeletions: wish.allowDeletions ?? false });
    return pollFeed(deps, called, new AbortController().signal);
  };
  const held = async (...ids: string[]): Promise<Record<string, unknown>> => {
    const rows = await db.query<{ id: string; body: Record<string, unknown> | null; version: number }>(sql`
      SELECT id, body, version FROM reference_document WHERE id = ANY(${ids}::text[])`);
    return Object.fromEntries(rows.map(({ id, body }) => [id, body === null ? null : (body["amount"] ?? body["description"])]));
  };

  test("reads everything once, then what changed; the same again changes nothing", async () => {
    for (const key of ["a", "b", "c"]) source.set(key, said(product(`${name}${key}`), price(`${name}${key}`, "100")));
    expect(await poll()).toMatchObject({ outcome: "done", read: 3, documents: 6, changed: 6 });
    source.asked.length = 0;
    expect(await poll()).toMatchObject({ outcome: "done", changed: 0 });
    expect(source.asked).toEqual(["3/", "3/c"]);
    source.set("b", said(product(`${name}b`), price(`${name}b`, "250")));
    expect(await poll()).toMatchObject({ outcome: "done", changed: 1 });
    expect(await held(`${name}b@all`)).toEqual({ [`${name}b@all`]: "250" });
  });

  test("what a record means no more is deleted, and what is gone is found by reading everything", async () => {
    for (const key of ["a", "b"]) source.set(key, said(product(`${name}${key}`), price(`${name}${key}`, "100")));
    await poll();
    source.set("a", said(product(`${name}a`)));
    source.set("b", undefined);
    expect(await poll()).toMatchObject({ deleted: 1 });
    expect(await held(`${name}a@all`, `${name}b`)).toEqual({ [`${name}a@all`]: null, [`${name}b`]: `Article ${name}b` });
    expect(await poll({ full: true })).toMatchObject({ deleted: 2 });
    expect(await held(`${name}a`, `${name}b`, `${name}b@all`)).toMatchObject({ [`${name}b`]: null, [`${name}b@all`]: null });
    clock.nowMs += 86_400_000;
    source.asked.length = 0;
    await poll();
    expect(source.asked[0]).toBe("all/");
  });

  test("an empty answer and a thinned one delete nothing until a person says so", async () => {
    const keys = Array.from({ length: 60 }, (_, at) => String(at + 100));
    for (const key of keys) source.set(key, said(product(`${name}-${key}`)));
    await poll();
    source.empty = true;
    expect(await poll({ full: true })).toMatchObject({ outcome: "done", code: "feed.too-many-deletions", deleted: 0, deletionsHeld: 60 });
    source.empty = false;
    for (const key of keys.slice(0, 13)) source.set(key, undefined);
    expect(await poll({ full: true })).toMatchObject({ code: "feed.too-many-deletions", deleted: 0 });
    source.set(keys[0] ?? "", said(product(`${name}-100`)));
    // A fifth of sixty.
    expect(await poll({ full: true })).toMatchObject({ deleted: 12, deletionsHeld: 0 });
    source.empty = true;
    expect(await poll({ full: true, allowDeletions: true })).toMatchObject({ outcome: "done", deleted: 48 });
  });

  test("records that say one by one that they are gone are limited as well", async () => {
    const keys = Array.from({ length: 20 }, (_, at) => String(at + 100));
    for (const key of keys) source.set(key, said(product(`${name}-${key}`)));
    await poll();
    for (const key of keys) source.set(key, said());
    expect(await poll()).toMatchObject({ code: "feed.too-many-deletions", deleted: 10, deletionsHeld: 10 });
    expect((await listRefusals(db, name, 100)).map(({ code }) => code)).toContain("feed.too-many-deletions");
  });

  test("a bad row is named and refuses itself alone; its last good document stays, and it is tried again", async () => {
    source.set("a", said(product(`${name}a`), price(`${name}a`, "100")));
    source.set("b", said(product(`${name}b`)));
    await poll();
    source.set("a", said(product(`${name}a`), price(`${name}a`, "-1")));
    source.set("b", { documents: [], refused: [{ code: "feed.record-invalid", detail: "no number" }] });
    expect(await poll()).toMatchObject({ outcome: "done", refused: 2, deleted: 0 });
    expect(await listRefusals(db, name, 10)).toMatchObject([
      { key: "a", code: "reference.invalid", detail: expect.stringContaining("a price is not negative") as string },
      { key: "b", code: "feed.record-invalid", detail: "no number" },
    ]);
    expect(await held(`${name}a@all`, `${name}b`)).toEqual({ [`${name}a@all`]: "100", [`${name}b`]: `Article ${name}b` });
    source.set("a", said(product(`${name}a`), price(`${name}a`, "120")));
    source.set("b", undefined);
    await poll();
    expect(await listRefusals(db, name, 10)).toEqual([]);
    expect(await held(`${name}a@all`)).toEqual({ [`${name}a@all`]: "120" });
  });

  test("a document has one record: another that brings it is refused until the first gives it up", async () => {
    source.set("a", said(product(`${name}x`, { department: "1" })));
    source.set("b", said(product(`${name}x`, { department: "2" })));
    expect(await poll()).toMatchObject({ refused: 1 });
    expect(await listRefusals(db, name, 10)).toMatchObject([{ key: "b", code: "feed.document-taken" }]);
    source.set("a", said(product(`${name}y`)));
    await poll();
    // The first poll frees it after it was tried; the next one takes it.
    await poll();
    expect(await listRefusals(db, name, 10)).toEqual([]);
    const other = memorySource();
    other.set("z", said(product(`${name}x`)));
    await add(`${name}-two`, other);
    expect(await poll({}, `${name}-two`)).toMatchObject({ refused: 1, documents: 0 });
  });

  test("a round that breaks off goes on at its cursor, and ends as one that did not", async () => {
    for (const key of ["a", "b", "c", "d", "e"]) source.set(key, said(product(`${name}${key}`)));
    source.fail(undefined, { kind: "uncertain", detail: "status 200, and a body that is no JSON" });
    expect(await poll()).toMatchObject({ outcome: "failed", code: "feed.failed", read: 2 });
    source.set("a", undefined);
    expect(await poll()).toMatchObject({ outcome: "done", read: 3 });
    expect(source.asked).toEqual(["all/", "all/b", "all/b", "all/d", "all/e"]);
    expect(Object.keys(await held(...["a", "b", "c", "d", "e"].map((key) => name + key)))).toHaveLength(5);
  });

  test("failures wait longer each time, as long as the system asks at least; a refusal of us is a state of its own", async () => {
    source.set("a", said(product(`${name}a`)));
    const nextIn = async (): Promise<number> => {
      const [row] = await db.query<{ ms: number }>(sql`
        SELECT next_at_ms - (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS ms FROM feed WHERE name = ${name}`);
      return row?.ms ?? 0;
    };
    source.fail({ kind: "theirs", detail: "status 503" }, { kind: "theirs", detail: "status 429", retryAfterMs: 40_000 });
    await poll();
    expect(await nextIn()).toBeLessThan(1_000);
    expect((await dueFeeds(db)).map((feed) => feed.name)).not.toContain(name);
    await poll();
    expect(await nextIn()).toBeGreaterThan(30_000);
    source.fail({ kind: "set-up", detail: "status 401" });
    expect(await poll()).toMatchObject({ outcome: "set-up", code: "feed.set-up" });
    expect(await findFeed(db, name)).toMatchObject({ state: "set-up", reason: "status 401" });
    expect(await poll()).toMatchObject({ outcome: "done" });
    expect(await findFeed(db, name)).toMatchObject({ state: "active" });
  });

  test("one process at a time: a second finds it held, and one that was overtaken writes nothing more", async () => {
    for (const key of ["a", "b", "c"]) source.set(key, said(product(`${name}${key}`)));
    let second: unknown = "not asked";
    source.before = async () => {
      source.before = () => Promise.resolve();
      second = await pollFeed({ ...deps, owner: "two" }, name, new AbortController().signal);
    };
    expect(await poll()).toMatchObject({ outcome: "done" });
    expect(second).toBeUndefined();
    source.set("c", said(product(`${name}c`, { department: "7" })));
    source.before = async () => {
      source.before = () => Promise.resolve();
      await db.query(sql`UPDATE feed SET lease_until_ms = 0 WHERE name = ${name}`);
      await takeFeed(db, name, "two");
    };
    expect(await poll()).toMatchObject({ outcome: "lost", pages: 0 });
    const [row] = await db.query<{ body: object }>(sql`SELECT body FROM reference_document WHERE id = ${`${name}c`}`);
    expect(row?.body).not.toHaveProperty("department");
  });

  test("negative control: a process that does not look at the fence writes over the one that overtook it", async () => {
    source.set("a", said(product(`${name}a`)));
    await poll();
    const [{ fence } = { fence: 0 }] = await db.query<{ fence: number }>(sql`SELECT fence FROM feed WHERE name = ${name}`);
    const blind: Database = {
      ...db,
      transaction: (work) =>
        db.transaction((tx) =>
          work({
            ...tx,
            query: <Row>(statement: Parameters<typeof tx.query>[0]) =>
              statement.text.includes("SELECT fence FROM feed")
                ? Promise.resolve([{ fence: fence + 1 }] as Row[])
                : tx.query<Row>(statement),
          }),
        ),
    };
    source.set("a", said(product(`${name}a`, { department: "late" })));
    source.before = async () => {
      source.before = () => Promise.resolve();
      await db.query(sql`UPDATE feed SET lease_until_ms = 0 WHERE name = ${name}`);
      await takeFeed(db, name, "two");
    };
    await wishRun(db, name, { full: false, allowDeletions: false });
    expect(await pollFeed({ ...deps, db: blind }, name, new AbortController().signal)).toMatchObject({ outcome: "done", changed: 1 });
    const [row] = await db.query<{ body: object }>(sql`SELECT body FROM reference_document WHERE id = ${`${name}a`}`);
    expect(row?.body).toHaveProperty("department", "late");
  });

  test("a notice has its record read although no poll is due; too many wait for the poll", async () => {
    source.set("a", said(product(`${name}a`)));
    await poll();
    source.set("b", said(product(`${name}b`)));
    source.asked.length = 0;
    expect(await addNotice(db, name, "b", NOW_MS)).toBe(true);
    expect(await addNotice(db, name, "not there", NOW_MS)).toBe(true);
    expect((await dueFeeds(db)).find((feed) => feed.name === name)?.wish.noticesOnly).toBe(true);
    expect(await pollFeed(deps, name, new AbortController().signal)).toMatchObject({ outcome: "done", documents: 1 });
    expect(source.asked).toEqual([]);
    expect(await held(`${name}b`)).toEqual({ [`${name}b`]: `Article ${name}b` });
    await db.query(sql`INSERT INTO feed_notice (feed, key, at_ms) SELECT ${name}, n::text, 1 FROM generate_series(1, ${NOTICES_MAX}) AS n`);
    expect(await addNotice(db, name, "one more", NOW_MS)).toBe(false);
    await db.query(sql`DELETE FROM feed_notice WHERE feed = ${name}`);
  });

  test("paused feeds rest, removed ones leave what they brought; names and secrets are kept apart", async () => {
    source.set("a", said(product(`${name}a`)));
    await poll();
    await setFeedState(db, name, { state: "paused" }, NOW_MS);
    await db.query(sql`UPDATE feed SET next_at_ms = 0 WHERE name = ${name}`);
    expect((await dueFeeds(db)).map((feed) => feed.name)).not.toContain(name);
    expect(await poll()).toMatchObject({ outcome: "done" });
    expect(await findFeed(db, name)).toMatchObject({ state: "paused" });
    const shown = await showFeed(db, name);
    expect(shown).toMatchObject({
      documents: [{ collection: "products", count: 1 }],
      sealedFields: ["password"],
      lastRun: { outcome: "done" },
    });
    expect(JSON.stringify(await db.query(sql`SELECT config, encode(sealed, 'escape') AS sealed FROM feed`))).not.toContain("sesame");
    expect(JSON.stringify([shown, await listFeeds(db)])).not.toContain("sesame");
    expect((await readFeedConfig(db, name, seal)).own["password"]).toBe(FILE.password);
    await expect(addFeed(db, checkFeed({ ...FILE, name }), seal, NOW_MS)).rejects.toMatchObject({ code: "feed.exists" });
    expect(await removeFeed(db, name)).toEqual({ documents: 1 });
    expect(await held(`${name}a`)).toEqual({ [`${name}a`]: `Article ${name}a` });
    await expect(findFeed(db, name)).rejects.toMatchObject({ code: "feed.unknown" });
  });

  test("a run that is asked for waits for the process that holds the feed, and says so when it takes too long", async () => {
    await db.query(sql`UPDATE feed SET lease_owner = 'two', lease_until_ms = 9e15::bigint WHERE name = ${name}`);
    const wish = { full: false, allowDeletions: false, waitMs: 1, wake: () => Promise.resolve() };
    const ports = { ...deps.ports, sleep: async () => void (clock.nowMs += 1) };
    await expect(runNow({ ...deps, ports }, name, wish)).rejects.toMatchObject({ code: "feed.busy" });
    await expect(runNow(deps, "nobody", wish)).rejects.toMatchObject({ code: "feed.unknown" });
  });
});
