import { PULL_DOCUMENTS_MAX, pullAnswerSchema, type PullAnswer } from "@tillsync/sync-protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Database } from "../../db/database.ts";
import { createGate } from "../../db/gate.ts";
import { openTestDatabase } from "../../db/testing/open-test-database.ts";
import { sql } from "../../db/sql.ts";
import { revokeServiceClient } from "../../service-clients/revoke-service-client.ts";
import type { TestTerminal } from "../../testing/test-terminal.ts";
import { PAGE_BYTES_MAX, readPage } from "./page.ts";
import { createPageStore } from "./page-store.ts";
import { aPrice, openReferenceCloud, type ReferenceCloud } from "./testing/open-reference-cloud.ts";

let db: Database;
let cloud: ReferenceCloud;
let till: TestTerminal;
beforeAll(async () => {
  db = await openTestDatabase();
  cloud = await openReferenceCloud(db, { allowOrigins: ["https://window.example"] });
  till = await cloud.cloud.enrolled("till-1", "S1");
});
afterAll(async () => {
  await cloud.close();
  await db.close();
});

const ask = async (path: string, authorization?: string, headers: Record<string, string> = {}) => {
  const answer = await cloud.get(`/v1/reference/${path}`, authorization ?? (await cloud.proofOf(till)), headers);
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, unknown> };
};
const at = (checkpoint: object, limit = 100): string => `checkpoint=${encodeURIComponent(JSON.stringify(checkpoint))}&limit=${limit}`;
const pull = async (collection: string, checkpoint: object = {}, limit = 100): Promise<PullAnswer> =>
  pullAnswerSchema.parse((await ask(`${collection}/pull?${at(checkpoint, limit)}`)).body);
const code = (answer: { body: Record<string, unknown> }): unknown => (answer.body["error"] as { code: string }).code;

test("gives each scope in its order, says where documents live, and ends where it says", async () => {
  await cloud.write(["prices", "all", "a", aPrice("1")], ["prices", "all", "b", aPrice("2")]);
  await cloud.write(["prices", "store:S1", "c", aPrice("3")], ["prices", "store:S2", "hidden", aPrice("4")]);
  await cloud.write(["prices", "terminal:till-1", "d", aPrice("5")]);
  await cloud.write(["prices", "all", "a"]);
  const all = await pull("prices");
  expect(all.documents.map(({ id, version, _deleted }) => [id, version, _deleted])).toEqual([
    ["b", 1, false],
    ["a", 2, true],
    ["c", 1, false],
    ["d", 1, false],
  ]);
  expect(all.documents[1]).toEqual({ id: "a", schemaVersion: 1, version: 2, _deleted: true });
  expect(all.documents[0]).toMatchObject({ id: "b", itemId: "i1", amount: "2", schemaVersion: 1 });
  expect(all.scopes).toEqual(["all", "all", "store:S1", "terminal:till-1"]);
  expect(all.checkpoint).toEqual({ all: 3, "store:S1": 1, "terminal:till-1": 1 });
  expect(await pull("prices", all.checkpoint)).toEqual({ documents: [], checkpoint: all.checkpoint, scopes: [] });

  const seen: string[] = [];
  for (let checkpoint = {}, count = 2; count === 2;) {
    const page = await pull("prices", checkpoint, 2);
    seen.push(...page.documents.map(({ id }) => id));
    [checkpoint, count] = [page.checkpoint, page.documents.length];
  }
  expect(seen).toEqual(["b", "a", "c", "d"]);
});

test("a document that moved is current where it is seen, and gone where it is not", async () => {
  await cloud.write(["products", "store:S1", "x", { description: "x" }], ["products", "store:S1", "y", { description: "y" }]);
  await cloud.write(["products", "all", "x", { description: "x2" }], ["products", "store:S2", "y", { description: "secret" }]);
  const { documents, scopes } = await pull("products");
  expect(documents).toEqual([
    expect.objectContaining({ id: "x", description: "x2", version: 2 }),
    expect.objectContaining({ id: "x", description: "x2", version: 2 }),
    { id: "y", schemaVersion: 1, version: 2, _deleted: true },
  ]);
  expect(scopes).toEqual(["all", "all", "store:S1"]);
});

describe("pages that are kept", () => {
  test("follow what changes, also in another scope", async () => {
    await cloud.write(["stores", "all", "k1", { name: "one", timeZone: "Europe/Berlin", currency: "EUR" }]);
    const name = async (): Promise<unknown[]> => (await pull("stores", {}, 1)).documents.map(({ name }) => name);
    expect(await name()).toEqual(["one"]);
    expect(await name()).toEqual(["one"]);
    await cloud.write(["stores", "all", "k1", { name: "two", timeZone: "Europe/Berlin", currency: "EUR" }]);
    expect(await pull("stores", {}).then(({ documents }) => documents[0]?.["name"])).toBe("two");
    await cloud.write(["stores", "store:S1", "k1", { name: "three", timeZone: "Europe/Berlin", currency: "EUR" }]);
    await cloud.write(["stores", "store:S1", "k1", { name: "four", timeZone: "Europe/Berlin", currency: "EUR" }]);
    expect((await pull("stores", {})).documents.map(({ name }) => name)).toEqual(["four", "four"]);
  });

  test("are read once for all who ask at the same time, and dropped past their bound", async () => {
    let reads = 0;
    const counting = {
      ...db,
      query: (statement: Parameters<Database["query"]>[0]) => ((reads += 1), db.query(statement)),
    } satisfies Database;
    const of = { collection: "prices", scope: "all", from: 0, limit: 10 } as Parameters<typeof readPage>[1];
    const roomy = createPageStore(counting, createGate(4, 10));
    const pages = await Promise.all(Array.from({ length: 50 }, () => roomy.get(of, 3)));
    expect(new Set(pages).size).toBe(1);
    expect(await roomy.get(of, 3)).toBe(pages[0]);
    expect(reads).toBe(1);
    // A head that the page does not reach makes it old.
    expect(await roomy.get(of, 99)).not.toBe(pages[0]);
    const tight = createPageStore(counting, createGate(4, 10), 1);
    expect(await tight.get(of, 3)).not.toBe(await tight.get(of, 3));
  });
});

test("an answer is cut at its size, says so, and goes on", async () => {
  const part = Math.ceil(PAGE_BYTES_MAX / 60_000 / 2);
  const big = (i: number) => ["configuration", i % 2 === 0 ? "all" : "store:S1", `big${i}`, { value: "x".repeat(60_000) }] as const;
  await cloud.write(...Array.from({ length: part * 2 + 4 }, (_, i) => big(i)));
  const first = await pull("configuration", {}, 1_000);
  expect(first).toMatchObject({ more: true });
  expect(JSON.stringify(first).length).toBeLessThan(PAGE_BYTES_MAX * 1.1);
  const second = await pull("configuration", first.checkpoint, 1_000);
  expect(second.more).toBeUndefined();
  expect(first.documents.length + second.documents.length).toBe(part * 2 + 4);
  const one = await readPage(db, { collection: "configuration", scope: "all" as never, from: 0, limit: 5 }, 1);
  expect(one).toMatchObject({ more: true });
  expect(one.rows).toHaveLength(1);
});

test("a position that this cloud never gave begins anew", async () => {
  const { documents, checkpoint } = await pull("prices", { all: 900 });
  expect(documents.map(({ id }) => id)).toContain("b");
  expect(checkpoint).toMatchObject({ all: 3 });
});

describe("who asks", () => {
  test("sees its own scopes, and nothing by asking for others", async () => {
    for (const query of [at({ "store:S2": 0 }), at({ "terminal:till-2": 1 }), "scopes=all,store:S2"])
      expect(code(await ask(`prices/pull?${query}`))).toBe("reference.scope-forbidden");
    expect((await ask("prices/pull?scopes=all")).body["checkpoint"]).toEqual({ all: 3 });
    expect(code(await ask("prices/pull", "Bearer nonsense"))).toBe("auth.invalid");
    expect(code(await ask("prices/pull", ""))).toBe("auth.missing");
  });

  test("may be a service client: of every store by name, or of its own", async () => {
    const chain = await cloud.service("chain", ["reference:read"]);
    expect((await ask("prices/pull", chain)).body["checkpoint"]).toEqual({ all: 3 });
    expect((await ask("prices/pull?scopes=store:S2", chain)).body["checkpoint"]).toEqual({ "store:S2": 1 });
    expect((await ask(`prices/pull?scopes=["all","store:S1"]&${at({ "store:S1": 1 })}`, chain)).body["checkpoint"]).toEqual({
      all: 3,
      "store:S1": 1,
    });
    const own = await cloud.service("own", ["reference:read"], "S1");
    expect((await ask("prices/pull", own)).body["checkpoint"]).toEqual({ all: 3, "store:S1": 1 });
    expect(code(await ask("prices/pull?scopes=store:S2", own))).toBe("reference.scope-forbidden");
    expect(code(await ask("prices/pull", await cloud.service("writer", ["reference:write"])))).toBe("auth.not-allowed");
    await revokeServiceClient(db, "own", { who: "test", nowMs: cloud.cloud.clock.nowMs });
    expect(code(await ask("prices/pull", own))).toBe("auth.service-token");
  });

  test("names a collection, a limit and a checkpoint that there can be", async () => {
    expect(code(await ask("nothing/pull"))).toBe("reference.collection-unknown");
    expect((await ask(`prices/pull?limit=${PULL_DOCUMENTS_MAX}`)).status).toBe(200);
    for (const query of [`limit=${PULL_DOCUMENTS_MAX + 1}`, "limit=0", "checkpoint=x", `checkpoint={"all":-1}`, `checkpoint={"nowhere":1}`])
      expect(code(await ask(`prices/pull?${query}`))).toBe("wire.malformed");
    expect((await ask("prices/pull?checkpoint=null")).status).toBe(200);
  });

  test("may be a page of an origin that is named, and of no other", async () => {
    const allowed = await ask("prices/pull", undefined, { origin: "https://window.example" });
    expect(allowed.headers.get("access-control-allow-origin")).toBe("https://window.example");
    const other = await ask("prices/pull", undefined, { origin: "https://evil.example" });
    expect(other.headers.get("access-control-allow-origin")).toBeNull();
    const preflight = (origin: string, path = "/v1/reference/members/push") =>
      fetch(`${cloud.url}${path}`, { method: "OPTIONS", headers: { origin, "access-control-request-method": "POST" } });
    expect((await preflight("https://window.example")).headers.get("access-control-allow-headers")).toContain("authorization");
    expect((await preflight("https://evil.example")).headers.get("access-control-allow-headers")).toBeNull();
    expect((await preflight("https://window.example", "/v1/entries")).status).toBe(404);
  });
});

test("a revoked terminal gets nothing", async () => {
  const gone = await cloud.cloud.enrolled("till-gone", "S1");
  await db.query(sql`UPDATE terminal SET state = 'revoked' WHERE terminal_id = 'till-gone'`);
  expect(code(await ask("prices/pull", await cloud.proofOf(gone)))).toBe("auth.revoked");
});
