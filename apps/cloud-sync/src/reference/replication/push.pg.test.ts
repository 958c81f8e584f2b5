import { documentConflictsSchema, PUSH_DOCUMENTS_MAX, type WireDocument } from "@tillsync/sync-protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Database } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import { openTestDatabase } from "../../db/testing/open-test-database.ts";
import type { TestTerminal } from "../../testing/test-terminal.ts";
import { aPrice, openReferenceCloud, type ReferenceCloud } from "./testing/open-reference-cloud.ts";

let db: Database;
let cloud: ReferenceCloud;
let till: TestTerminal;
let other: TestTerminal;
let office: string;
beforeAll(async () => {
  db = await openTestDatabase();
  cloud = await openReferenceCloud(db);
  till = await cloud.cloud.enrolled("till-1", "S1");
  other = await cloud.cloud.enrolled("till-2", "S2");
  office = await cloud.service("office", ["reference:read", "reference:write"]);
});
afterAll(async () => {
  await cloud.close();
  await db.close();
});

interface Row {
  assumedMasterState?: object;
  newDocumentState: object;
}
const wire = (id: string, fields: object = {}): object => ({ id, ...fields, schemaVersion: 1, version: 1, _deleted: false });
const gone = (id: string): object => ({ id, schemaVersion: 1, version: 1, _deleted: true });

async function send(collection: string, rows: unknown, authorization?: string) {
  const answer = await fetch(`${cloud.url}/v1/reference/${collection}/push`, {
    method: "POST",
    headers: { authorization: authorization ?? (await cloud.proofOf(till)), "content-type": "application/json" },
    body: JSON.stringify(rows),
  });
  return { status: answer.status, body: await answer.json() };
}
const push = async (collection: string, rows: Row[], authorization?: string): Promise<WireDocument[]> =>
  documentConflictsSchema.parse((await send(collection, rows, authorization)).body);
const code = (answer: { body: unknown }): unknown => (answer.body as { error: { code: string } }).error.code;

const standing = async (id: string) =>
  (
    await db.query<{ scope: string; version: number; body: Record<string, unknown> | null }>(sql`
      SELECT scope, version, body FROM reference_document WHERE id = ${id}`)
  )[0];

const anOrder = { orderId: "o1", storeId: "S1", status: "confirmed", lines: [], currency: "EUR", exponent: 2, total: "100", due: "0" };

test("a change of what the caller knows is taken; its repeat changes nothing", async () => {
  await cloud.write(["members", "store:S1", "m100000000000000000000", { tier: "silver", points: 5 }]);
  const known = wire("m100000000000000000000", { tier: "silver", points: 5, state: "active" });
  const row = { assumedMasterState: known, newDocumentState: wire("m100000000000000000000", { tier: "gold", points: 5, state: "active" }) };
  // What the cloud adds (when it was changed) is no conflict: it comes by pulling.
  expect(await push("members", [row])).toEqual([]);
  expect(await standing("m100000000000000000000")).toMatchObject({
    scope: "store:S1",
    version: 2,
    body: { tier: "gold", points: 5, stamps: { tier: expect.any(String) as unknown } },
  });
  const heads = await db.query(sql`SELECT * FROM reference_scope ORDER BY collection, scope`);
  expect(await push("members", [row])).toEqual([]);
  expect(await db.query(sql`SELECT * FROM reference_scope ORDER BY collection, scope`)).toEqual(heads);
  // A second change, made before anything was pulled, is a change of what the caller knows as well.
  const next = { assumedMasterState: row.newDocumentState, newDocumentState: { ...row.newDocumentState, tier: "bronze" } };
  expect(await push("members", [next])).toEqual([]);
  expect(await standing("m100000000000000000000")).toMatchObject({ version: 3, body: { tier: "bronze" } });
});

test("a change of something else than what stands is answered with what stands", async () => {
  await cloud.write(["members", "all", "m200000000000000000000", { tier: "silver" }]);
  const from = (tier: string) => wire("m200000000000000000000", { tier, state: "active" });
  const conflicts = await push("members", [{ assumedMasterState: from("black"), newDocumentState: from("gold") }]);
  expect(conflicts).toEqual([expect.objectContaining({ id: "m200000000000000000000", tier: "silver", version: 1, _deleted: false })]);
  expect(await standing("m200000000000000000000")).toMatchObject({ version: 1, body: { tier: "silver" } });
});

test("points are the cloud's, however a till writes them", async () => {
  await cloud.write(["members", "all", "m300000000000000000000", { tier: "silver", points: 5 }]);
  const known = wire("m300000000000000000000", { tier: "silver", points: 5, state: "active" });
  const [answer] = await push("members", [{ assumedMasterState: known, newDocumentState: { ...known, points: 5_000 } }]);
  expect(answer).toMatchObject({ points: 5 });
  expect(await standing("m300000000000000000000")).toMatchObject({ version: 1, body: { points: 5 } });
});

test("an order moves on, never back, and only at its own store", async () => {
  await cloud.write(["orders", "store:S1", "o1", anOrder]);
  const at = (status: string, more: object = {}): object => wire("o1", { ...anOrder, status, revision: 1, ...more });
  const [picked] = await push("orders", [{ assumedMasterState: at("confirmed"), newDocumentState: at("picked") }]);
  expect(picked).toMatchObject({ status: "picked" });
  expect(await push("orders", [{ assumedMasterState: picked as object, newDocumentState: at("confirmed") }])).toMatchObject([
    { status: "picked" },
  ]);
  expect(await push("orders", [{ newDocumentState: at("fulfilled", { total: "1" }) }])).toMatchObject([{ status: "picked", total: "100" }]);
  // Of a document that it may not see a caller learns nothing but that it is not there.
  const [foreign] = await push("orders", [{ newDocumentState: at("cancelled") }], await cloud.proofOf(other));
  expect(foreign).toEqual({ id: "o1", schemaVersion: 1, version: 2, _deleted: true });
  expect(await push("orders", [{ newDocumentState: wire("new", anOrder) }])).toEqual([gone("new")]);
  expect((await standing("o1"))?.body).toMatchObject({ status: "picked", total: "100" });
});

test("a wrong row is not taken and holds up no other; a store deletes nothing", async () => {
  await cloud.write(["members", "all", "m400000000000000000000", { tier: "silver" }]);
  const conflicts = await push("members", [
    { newDocumentState: wire("bad", { name: "Jane Doe" }) },
    { newDocumentState: wire("jane@shop.example", { tier: "gold" }) },
    { newDocumentState: wire("m500000000000000000000", { tier: "gold" }) },
    {
      assumedMasterState: wire("m400000000000000000000", { tier: "silver", state: "active" }),
      newDocumentState: gone("m400000000000000000000"),
    },
  ]);
  expect(conflicts.map(({ id, _deleted }) => [id, _deleted])).toEqual([
    ["bad", true],
    ["jane@shop.example", true],
    ["m400000000000000000000", false],
  ]);
  expect(await standing("bad")).toBeUndefined();
  // New: visible where its author is.
  expect(await standing("m500000000000000000000")).toMatchObject({ scope: "store:S1", version: 1 });
  expect((await standing("m400000000000000000000"))?.body).not.toBeNull();
});

describe("a service client", () => {
  test("creates, changes and deletes what it has seen, and nothing else", async () => {
    expect(await push("members", [{ newDocumentState: wire("s100000000000000000000", { tier: "gold" }) }], office)).toEqual([]);
    expect(await standing("s100000000000000000000")).toMatchObject({ scope: "all" });
    const seen = wire("s100000000000000000000", { tier: "gold", state: "active" });
    expect(await push("members", [{ newDocumentState: gone("s100000000000000000000") }], office)).toMatchObject([
      { id: "s100000000000000000000", tier: "gold" },
    ]);
    expect(await push("members", [{ assumedMasterState: seen, newDocumentState: gone("s100000000000000000000") }], office)).toEqual([]);
    expect(await standing("s100000000000000000000")).toMatchObject({ version: 2, body: null });
    expect(
      await push(
        "members",
        [{ assumedMasterState: gone("s100000000000000000000"), newDocumentState: wire("s100000000000000000000", { tier: "blue" }) }],
        office,
      ),
    ).toEqual([]);
    expect(await standing("s100000000000000000000")).toMatchObject({ version: 3, body: { tier: "blue" } });
  });

  test("needs the right to write, and of one store writes there", async () => {
    expect(code(await send("members", [], await cloud.service("reads", ["reference:read"])))).toBe("auth.not-allowed");
    const own = await cloud.service("own", ["reference:read", "reference:write"], "S1");
    await push("members", [{ newDocumentState: wire("s200000000000000000000", { tier: "gold" }) }], own);
    expect(await standing("s200000000000000000000")).toMatchObject({ scope: "store:S1" });
    expect(await push("orders", [{ newDocumentState: wire("o9", { ...anOrder, orderId: "o9", storeId: "S2" }) }], own)).toEqual([
      gone("o9"),
    ]);
  });
});

test("only members and orders, so many at once, each once", async () => {
  expect(code(await send("prices", [{ newDocumentState: wire("p", aPrice("1")) }]))).toBe("reference.not-writable");
  expect(code(await send("nothing", []))).toBe("reference.collection-unknown");
  const rows = (n: number): Row[] =>
    Array.from({ length: n }, (_, i) => ({ newDocumentState: wire(`n${String(i).padStart(21, "0")}`, { tier: "a" }) }));
  expect((await send("members", rows(PUSH_DOCUMENTS_MAX))).status).toBe(200);
  expect(code(await send("members", rows(PUSH_DOCUMENTS_MAX + 1)))).toBe("wire.malformed");
  expect(code(await send("members", [...rows(1), ...rows(1)]))).toBe("wire.malformed");
  expect(code(await send("members", [{ newDocumentState: { id: "x" } }]))).toBe("wire.malformed");
  expect((await send("members", [])).body).toEqual([]);
});

test("of two who change the same at the same time one is taken", async () => {
  await cloud.write(["members", "all", "racexxxxxxxxxxxxxxxxxx", { tier: "start" }]);
  const second = await cloud.proofOf(await cloud.cloud.enrolled("till-3", "S1"));
  const change = (tier: string): Row => ({
    assumedMasterState: wire("racexxxxxxxxxxxxxxxxxx", { tier: "start", state: "active" }),
    newDocumentState: wire("racexxxxxxxxxxxxxxxxxx", { tier, state: "active" }),
  });
  const answers = await Promise.all([push("members", [change("left")]), push("members", [change("right")], second)]);
  const stands = (await standing("racexxxxxxxxxxxxxxxxxx"))?.body?.["tier"];
  expect(answers.map((rows) => rows[0]?.["tier"])).toContain(stands);
  expect(["left", "right"]).toContain(stands);
  expect(await standing("racexxxxxxxxxxxxxxxxxx")).toMatchObject({ version: 2 });
});
