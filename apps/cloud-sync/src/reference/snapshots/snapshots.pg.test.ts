import { createHash } from "node:crypto";
import { setImmediate as turn } from "node:timers/promises";
import { zstdDecompressSync } from "node:zlib";
import { CHUNK_DOCUMENTS_MAX, pullAnswerSchema, snapshotsAnswerSchema, type SnapshotManifest } from "@tillsync/sync-protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import { openTestDatabase } from "../../db/testing/open-test-database.ts";
import type { BackgroundPorts } from "../../subscribers/ports.ts";
import type { TestTerminal } from "../../testing/test-terminal.ts";
import { aPrice, openReferenceCloud, type Given, type ReferenceCloud } from "../replication/testing/open-reference-cloud.ts";
import { buildSnapshots, findDue, SNAPSHOT_CHANGES_MIN, type SnapshotOf } from "./build-snapshot.ts";
import { removeOldSnapshots, SNAPSHOT_KEEP_MS } from "./remove-old-snapshots.ts";
import { runSnapshots } from "./run-snapshots.ts";

let db: Database;
let cloud: ReferenceCloud;
let till: TestTerminal;
let other: TestTerminal;
beforeAll(async () => {
  db = await openTestDatabase();
  cloud = await openReferenceCloud(db);
  till = await cloud.cloud.enrolled("till-1", "S1");
  other = await cloud.cloud.enrolled("till-2", "S2");
});
afterAll(async () => {
  await cloud.close();
  await db.close();
});

const nowMs = (): number => cloud.cloud.clock.nowMs;
const of = (collection: string, scope: string): SnapshotOf => ({ collection, scope }) as SnapshotOf;
const prices = (n: number, scope = "all", letter = "p"): Given[] =>
  Array.from({ length: n }, (_, i) => ["prices", scope, `${letter}${String(i).padStart(6, "0")}`, aPrice("100", `i${i}`)] as const);
const get = async (path: string, headers: Record<string, string> = {}, terminal = till): Promise<Response> =>
  cloud.get(`/v1/reference/${path}`, await cloud.proofOf(terminal), headers);
const manifests = async (terminal = till): Promise<SnapshotManifest[]> =>
  snapshotsAnswerSchema.parse(await (await get("snapshots", {}, terminal)).json()).snapshots;
const bytesOf = async (path: string, headers = {}): Promise<Buffer> => Buffer.from(await (await get(path, headers)).arrayBuffer());

async function load(manifest: SnapshotManifest): Promise<Record<string, unknown>[]> {
  const documents: Record<string, unknown>[] = [];
  for (const chunk of manifest.chunks) {
    const bytes = await bytesOf(`chunks/${chunk.sha256}`);
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(chunk.sha256);
    expect(bytes).toHaveLength(chunk.bytes);
    const plain = zstdDecompressSync(bytes);
    expect(plain).toHaveLength(chunk.plainBytes);
    const lines = plain.toString().split("\n").slice(0, -1);
    expect(lines).toHaveLength(chunk.documents);
    expect(lines.length).toBeLessThanOrEqual(CHUNK_DOCUMENTS_MAX);
    documents.push(...lines.map((line) => JSON.parse(line) as Record<string, unknown>));
  }
  expect(documents).toHaveLength(manifest.documents);
  return documents;
}

test("a snapshot and what changed since are all there is", async () => {
  await cloud.write(...prices(3_000));
  await cloud.write(["prices", "all", "p000001"], ["prices", "store:S2", "p000002", aPrice("2", "i2")]);
  const [built] = await buildSnapshots(db, { nowMs }, [of("prices", "all")]);
  expect(built).toMatchObject({ position: 3_002, documents: 2_998 });
  await cloud.write(["prices", "all", "later", aPrice("7")], ["prices", "all", "p000003"]);
  const [manifest] = await manifests();
  const loaded = new Map((await load(manifest as SnapshotManifest)).map((document) => [document["id"], document]));
  expect(loaded.get("p000000")).toEqual({
    id: "p000000",
    ...aPrice("100", "i0"),
    kind: "regular",
    uom: "EA",
    schemaVersion: 1,
    version: 1,
    _deleted: false,
  });
  const checkpoint = encodeURIComponent(JSON.stringify({ all: manifest?.position }));
  const delta = pullAnswerSchema.parse(await (await get(`prices/pull?limit=1000&checkpoint=${checkpoint}`)).json());
  for (const document of delta.documents) {
    if (document._deleted) loaded.delete(document.id);
    else loaded.set(document.id, document);
  }
  const living = await db.query<{ id: string }>(sql`
    SELECT id FROM reference_document WHERE collection = 'prices' AND scope = 'all' AND body IS NOT NULL`);
  expect(new Set(loaded.keys())).toEqual(new Set(living.map(({ id }) => id)));
});

test("its position and its documents are of one moment, whatever is written meanwhile", async () => {
  const writes: Promise<unknown>[] = [];
  const one = (n: number): Given => ["stores", "all", `S${n}`, { name: "x", timeZone: "Europe/Berlin", currency: "EUR" }];
  await cloud.write(...Array.from({ length: 50 }, (_, i) => one(i)));
  let calls = 0;
  const makeWay = async (): Promise<void> => {
    calls += 1;
    // Begun while the snapshot is being built: it commits after it, and must not be in it.
    if (calls === 2) writes.push(cloud.write(one(900)));
    await turn();
  };
  const [built] = await buildSnapshots(db, { nowMs, makeWay }, [of("stores", "all")]);
  await Promise.all(writes);
  expect(built).toMatchObject({ position: 50, documents: 50 });
});

test("what did not change is kept and shared; what is old goes when nobody can need it", async () => {
  await cloud.write(...prices(6_000, "store:S1", "q"));
  await buildSnapshots(db, { nowMs }, [of("prices", "store:S1")]);
  const find = async (): Promise<SnapshotManifest> => (await manifests()).find(({ scope }) => scope === "store:S1") as SnapshotManifest;
  const before = await find();
  await cloud.write(["prices", "store:S1", "q000500", aPrice("999")], ["prices", "store:S1", "q0005001", aPrice("1")]);
  cloud.cloud.clock.nowMs += 1_000;
  await buildSnapshots(db, { nowMs }, [of("prices", "store:S1")]);
  const after = await find();
  const hashes = ({ chunks }: SnapshotManifest): string[] => chunks.map(({ sha256 }) => sha256);
  const shared = hashes(after).filter((hash) => hashes(before).includes(hash));
  expect(before.chunks.length).toBeGreaterThan(1);
  expect(shared).toHaveLength(before.chunks.length - 1);
  const old = hashes(before).find((hash) => !hashes(after).includes(hash));
  await removeOldSnapshots(db, nowMs() + SNAPSHOT_KEEP_MS - 1);
  expect((await get(`chunks/${old}`)).status).toBe(200);
  expect(await removeOldSnapshots(db, nowMs() + SNAPSHOT_KEEP_MS)).toBe(1);
  const answer = await get(`chunks/${old}`);
  expect([answer.status, ((await answer.json()) as { error: { code: string } }).error.code]).toEqual([404, "reference.chunk-gone"]);
  for (const hash of hashes(after)) expect((await get(`chunks/${hash}`)).status).toBe(200);
});

test("a chunk is had from any byte on, and again without its bytes", async () => {
  const [manifest] = await manifests();
  const hash = manifest?.chunks[0]?.sha256 ?? "";
  const whole = await get(`chunks/${hash}`);
  expect(whole.headers.get("cache-control")).toBe("private, max-age=31536000, immutable");
  const etag = whole.headers.get("etag") ?? "";
  const bytes = Buffer.from(await whole.arrayBuffer());
  for (const from of [0, 1, Math.floor(bytes.length / 2), bytes.length - 1]) {
    const part = await get(`chunks/${hash}`, { range: `bytes=${from}-`, "if-range": etag });
    expect([part.status, part.headers.get("content-range")]).toEqual([206, `bytes ${from}-${bytes.length - 1}/${bytes.length}`]);
    expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(from))).toBe(true);
  }
  expect((await get(`chunks/${hash}`, { range: `bytes=${bytes.length}-` })).status).toBe(416);
  expect((await get(`chunks/${hash}`, { range: "bytes=5-", "if-range": '"other"' })).status).toBe(200);
  expect((await get(`chunks/${hash}`, { "if-none-match": etag })).status).toBe(304);
});

test("a chunk is for those who see its scope", async () => {
  const mine = (await manifests()).find(({ scope }) => scope === "store:S1");
  expect((await manifests(other)).map(({ scope }) => scope)).not.toContain("store:S1");
  expect((await get(`chunks/${mine?.chunks[0]?.sha256}`, {}, other)).status).toBe(404);
  expect((await get("chunks/nonsense")).status).toBe(404);
});

test("a snapshot is due when enough has changed, at the bound and not before", async () => {
  const due = async (): Promise<boolean> => (await findDue(db)).some(({ collection }) => collection === "products");
  const products = (n: number): Given[] =>
    Array.from({ length: n }, (_, i) => ["products", "all", `${i}`, { description: String(n) }] as const);
  await cloud.write(...products(SNAPSHOT_CHANGES_MIN - 1));
  expect(await due()).toBe(false);
  await cloud.write(["products", "all", "last", { description: "x" }]);
  expect(await due()).toBe(true);
  await buildSnapshots(db, { nowMs });
  expect(await findDue(db)).toEqual([]);
});

test("in the background nothing is begun while sales come in", async () => {
  await cloud.write(...prices(SNAPSHOT_CHANGES_MIN, "store:S2", "r"));
  const stop = new AbortController();
  const state = { busy: true, looks: 0 };
  const ports: BackgroundPorts = {
    nowMs,
    random: () => 0,
    sleep: async () => {
      state.looks += 1;
      if (state.looks === 2) state.busy = false;
      if (state.looks === 3) stop.abort();
      expect((await findDue(db)).length).toBe(state.looks < 3 ? 1 : 0);
    },
  };
  await runSnapshots({ db, log: cloud.cloud.deps.log, ports, busy: () => state.busy, makeWay: async () => undefined }, stop.signal);
  expect(state.looks).toBe(3);
});
