import { streamEventSchema, type StreamEvent } from "@tillsync/sync-protocol";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import type { Database } from "../../db/database.ts";
import { openTestDatabase } from "../../db/testing/open-test-database.ts";
import { revokeTerminal } from "../../devices/revoke-terminal.ts";
import { STREAMS_PER_TERMINAL_MAX } from "../../limits.ts";
import { revokeServiceClient } from "../../service-clients/revoke-service-client.ts";
import type { TestTerminal } from "../../testing/test-terminal.ts";
import { writeDocuments } from "../write-documents.ts";
import { EVENT_DOCUMENTS_MAX } from "./stream-event.ts";
import { aPrice, openReferenceCloud, type Given, type ReferenceCloud } from "./testing/open-reference-cloud.ts";

/** Times of a test's cloud: nothing happens by itself but where a test asks for it. */
const NEVER = { beatMs: 3_600_000, pollMs: 3_600_000, checkMs: 3_600_000 };

let db: Database;
let till: TestTerminal;
let main: ReferenceCloud;
const opened: { end(): void }[] = [];
const clouds: ReferenceCloud[] = [];
beforeAll(async () => {
  db = await openTestDatabase();
  main = await openReferenceCloud(db, { streams: { times: NEVER } });
  till = await main.cloud.enrolled("till-1", "S1");
});
afterEach(async () => {
  for (const stream of opened.splice(0)) stream.end();
  await Promise.all(clouds.splice(0).map((cloud) => cloud.close()));
});
afterAll(async () => {
  await main.close();
  await db.close();
});

const openCloud = async (streams: object): Promise<ReferenceCloud> => {
  const cloud = await openReferenceCloud(db, { streams });
  clouds.push(cloud);
  return cloud;
};

interface Stream {
  readonly status: number;
  readonly events: StreamEvent[];
  readonly text: () => string;
  /** Fulfils when the cloud has ended it. */
  readonly ended: Promise<void>;
  end(): void;
}

async function open(cloud: ReferenceCloud, checkpoints: object = {}, authorization?: string, query = ""): Promise<Stream> {
  const stop = new AbortController();
  const path = `/v1/reference/stream?collections=${Object.keys(checkpoints).join(",")}&checkpoints=${encodeURIComponent(JSON.stringify(checkpoints))}${query}`;
  const answer = await fetch(`${cloud.url}${path}`, {
    headers: { authorization: authorization ?? (await cloud.proofOf(till)) },
    signal: stop.signal,
  });
  const events: StreamEvent[] = [];
  let text = "";
  const read = async (): Promise<void> => {
    let rest = "";
    for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      const parts = (rest + chunk).split("\n\n");
      rest = parts.pop() ?? "";
      for (const part of parts) if (part.startsWith("data: ")) events.push(streamEventSchema.parse(JSON.parse(part.slice(6))));
    }
  };
  const ended = read().catch(() => undefined);
  const stream = { status: answer.status, events, text: () => text, ended, end: () => stop.abort() };
  opened.push(stream);
  return stream;
}

const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 5_000, interval: 5 });
const headOf = async (collection: string, scope: string): Promise<number> =>
  (
    await db.query<{ head: number }>({
      text: `SELECT head FROM reference_scope WHERE collection = '${collection}' AND scope = '${scope}'`,
      values: [],
      pieces: [],
    })
  )[0]?.head ?? 0;

test("first says what is missing, then brings every change of its scopes, and of no other", async () => {
  await main.write(["prices", "all", "p1", aPrice("1")]);
  const behind = await open(main, { prices: {} });
  await until(() => expect(behind.events).toEqual([{ kind: "changed", collection: "prices", scope: "all", to: 1 }]));
  const current = await open(main, { prices: { all: 1 } });
  await main.write(["prices", "store:S2", "other", aPrice("9")], ["prices", "all", "p1", aPrice("2")]);
  await main.write(["prices", "store:S1", "p2", aPrice("3")]);
  await main.write(["prices", "store:S1", "p2"]);
  await until(() => expect(current.events).toHaveLength(3));
  expect(current.events).toMatchObject([
    { kind: "documents", scope: "all", from: 1, to: 2, documents: [{ id: "p1", amount: "2", version: 2 }], scopes: ["all"] },
    { kind: "documents", scope: "store:S1", from: 0, to: 1, documents: [{ id: "p2" }] },
    { kind: "documents", scope: "store:S1", from: 1, to: 2, documents: [{ id: "p2", _deleted: true }] },
  ]);
  expect(behind.events.slice(1)).toEqual(current.events);
  expect(current.text()).not.toContain("other");
});

test("a feed, and a document that moves away, are told without their documents", async () => {
  const feed = (n: number): Given[] =>
    Array.from({ length: n }, (_, i) => ["products", "all", `i${i}`, { description: String(n) }] as const);
  const stream = await open(main, { products: {} });
  await main.write(...feed(EVENT_DOCUMENTS_MAX));
  await until(() => expect(stream.events).toHaveLength(1));
  await main.write(...feed(EVENT_DOCUMENTS_MAX + 1));
  await until(() => expect(stream.events).toHaveLength(2));
  await main.write(["products", "store:S2", "i1", { description: "moved" }]);
  await until(() => expect(stream.events).toHaveLength(3));
  const head = await headOf("products", "all");
  expect(stream.events).toMatchObject([
    { kind: "documents", from: 0, to: EVENT_DOCUMENTS_MAX },
    { kind: "changed", to: EVENT_DOCUMENTS_MAX * 2 + 1 },
    { kind: "changed", to: head },
  ]);
});

test("a change in another process is heard of, and without a word it is found", async () => {
  const deaf = await openCloud({ times: { ...NEVER, pollMs: 20 } });
  const [there, polling] = [await open(main, { stores: {} }), await open(deaf, { stores: {} })];
  const store = { name: "a", timeZone: "Europe/Berlin", currency: "EUR" };
  const change = { collection: "stores" as const, id: "S1", scope: "all" as never, fields: { id: "S1", ...store } as never };
  const heads = await db.transaction((tx) => writeDocuments(tx, [change], 1));
  await until(() => expect(polling.events).toHaveLength(1));
  expect(there.events).toEqual([]);
  const message = JSON.stringify({ from: "another process", heads });
  await db.query({ text: "SELECT pg_notify('reference', $1)", values: [message], pieces: [] });
  await until(() => expect(there.events).toMatchObject([{ kind: "documents", to: 1 }]));
});

test("who comes with a position that was never given is told to pull everything", async () => {
  const stream = await open(main, { orders: { all: 7 } });
  await until(() => expect(stream.events).toEqual([{ kind: "resync" }]));
});

test("a revoked terminal's stream ends, and a revoked client's; the others go on", async () => {
  const cloud = await openCloud({ times: { ...NEVER, checkMs: 10 } });
  const gone = await cloud.cloud.enrolled("till-gone", "S1");
  const [mine, its] = [await open(cloud, { prices: {} }), await open(cloud, { prices: {} }, await cloud.proofOf(gone))];
  const service = await open(cloud, { prices: {} }, await cloud.service("reader", ["reference:read"]));
  await revokeTerminal(db, "till-gone");
  await revokeServiceClient(db, "reader", { who: "test", nowMs: 1 });
  await Promise.all([its.ended, service.ended]);
  await cloud.write(["prices", "all", "still", aPrice("1")]);
  await until(() => expect(mine.events.at(-1)).toMatchObject({ documents: [{ id: "still" }] }));
});

test("a silent line gets signs of life while the cloud can look, and an old one ends", async () => {
  const beating = await openCloud({ times: { ...NEVER, beatMs: 5 } });
  const stream = await open(beating, { quotas: {} });
  await until(() => expect(stream.text()).toContain(":\n\n:\n\n"));
  const mute = await openCloud({ times: { ...NEVER, beatMs: 5 } });
  const query = vi.spyOn(mute.cloud.deps.db, "query");
  const untold = await open(mute, { quotas: {} });
  query.mockRejectedValue(new Error("the database is away"));
  const failed = (times: number): Promise<void> => until(() => expect(query.mock.results.length).toBeGreaterThan(times));
  query.mockClear();
  await failed(5);
  const before = untold.text();
  await failed(10);
  query.mockRestore();
  expect(untold.text()).toBe(before);
  const short = await openCloud({ times: { ...NEVER, checkMs: 5, lifeMs: 1_000 } });
  const old = await open(short, { quotas: {} });
  short.cloud.clock.nowMs += 1_200;
  await old.ended;
});

test("a terminal has so many streams: a new one ends the oldest", async () => {
  const streams: Stream[] = [];
  for (let i = 0; i < STREAMS_PER_TERMINAL_MAX + 1; i += 1) streams.push(await open(main, { quotas: {} }));
  await streams[0]?.ended;
  await main.write([
    "quotas",
    "terminal:till-1",
    "q",
    { terminalId: "till-1", epoch: 1, account: { kind: "points", id: "m" }, granted: "1", unit: "points" },
  ]);
  await until(() => streams.slice(1).forEach(({ events }) => expect(events).toHaveLength(1)));
  expect(streams[0]?.events).toEqual([]);
});

test("a process has so many streams, and ends them when it stops", async () => {
  const cloud = await openCloud({ times: NEVER, streamsMax: 2 });
  const [one, two] = [await open(cloud, { prices: { all: 99 } }), await open(cloud, { prices: {} })];
  expect((await open(cloud, { prices: {} })).status).toBe(503);
  two.end();
  await until(async () => expect((await open(cloud, { prices: {} })).status).toBe(200));
  const closing = cloud.cloud.app.close();
  await one.ended;
  await cloud.close();
  await closing;
});

test("another store's changes are not to be had", async () => {
  expect((await open(main, { prices: { "store:S2": 0 } })).status).toBe(403);
  expect((await open(main, { prices: {} }, undefined, "&scopes=store:S2")).status).toBe(403);
  expect((await open(main, { nothing: {} })).status).toBe(400);
  expect((await open(main, { prices: {} }, "Bearer x")).status).toBe(401);
});
