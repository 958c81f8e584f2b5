import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Database } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { OPEN_TEST_DATABASE_MAX_MS, openTestDatabase } from "../db/testing/open-test-database.ts";
import { announceHeads, listenHeads } from "./announce-heads.ts";
import { gone, price, product, scope } from "./testing/changes.ts";
import { CHANGES_MAX, writeDocuments, type DocumentChange, type MovedHead } from "./write-documents.ts";

describe("writing documents", () => {
  let db: Database;
  beforeAll(async () => {
    db = await openTestDatabase();
  }, OPEN_TEST_DATABASE_MAX_MS);
  afterAll(() => db.close());

  const write = (...changes: DocumentChange[]): Promise<MovedHead[]> => db.transaction((tx) => writeDocuments(tx, changes, 7));
  const places = (id: string): Promise<unknown[]> =>
    db.query(sql`SELECT scope, position FROM reference_change WHERE id = ${id} ORDER BY scope`);
  const document = async (id: string): Promise<Record<string, unknown> | undefined> =>
    (await db.query<Record<string, unknown>>(sql`SELECT scope, version, body::text AS body FROM reference_document WHERE id = ${id}`))[0];
  const head = async (collection: string, where: string): Promise<number> =>
    (
      await db.query<{ head: number }>(sql`
        SELECT head FROM reference_scope WHERE collection = ${collection} AND scope = ${where}`)
    )[0]?.head ?? 0;

  test("gives dense positions, a version that grows, and nothing at all for what is so already", async () => {
    expect(await write(price("a1", "store:A", "1"), price("a2", "store:A", "2"))).toEqual([
      { collection: "prices", scope: "store:A", head: 2 },
    ]);
    expect(await write(price("a2", "store:A", "2"), price("a1", "store:A", "3"))).toEqual([
      { collection: "prices", scope: "store:A", head: 3 },
    ]);
    expect(await write(price("a2", "store:A", "2"))).toEqual([]);
    expect(await document("a1")).toMatchObject({ version: 2 });
    expect(await document("a2")).toMatchObject({ version: 1 });
    expect(await places("a1")).toEqual([{ scope: "store:A", position: 3 }]);
    expect(await head("prices", "store:A")).toBe(3);
  });

  test("equal content is equal in whatever order its fields come", async () => {
    const fields = { id: "k", description: "x", attributes: { b: "1", a: "2" } };
    const turned = { attributes: { a: "2", b: "1" }, description: "x", id: "k" };
    const as = (what: object): DocumentChange => ({ ...product("k", "all"), fields: what as never });
    expect(await write(as(fields))).toHaveLength(1);
    expect(await write(as(turned))).toEqual([]);
    expect((await document("k"))?.["body"]).toBe('{"id":"k","attributes":{"a":"2","b":"1"},"description":"x"}');
  });

  test("a move tells both scopes; a deletion tells the scope where it lived and keeps a tombstone", async () => {
    await write(product("m", "store:M1"));
    const heads = await write(product("m", "store:M2"));
    expect(heads.map((one) => one.scope).toSorted()).toEqual(["store:M1", "store:M2"]);
    expect(await document("m")).toMatchObject({ scope: "store:M2", version: 2 });
    expect(await places("m")).toEqual([
      { scope: "store:M1", position: 2 },
      { scope: "store:M2", position: 1 },
    ]);
    expect(await write(gone(product("m", "store:M1")))).toEqual([]);
    expect(await write(gone(product("m", "store:M2")))).toEqual([{ collection: "products", scope: "store:M2", head: 2 }]);
    expect(await document("m")).toEqual({ scope: "store:M2", version: 3, body: null });
    expect(await write(gone(product("m", "store:M2")), gone(product("never", "all")))).toEqual([]);
    expect(await write(product("m", "store:M2"))).toHaveLength(1);
    expect(await document("m")).toMatchObject({ version: 4 });
  });

  test("of several changes of one document in one call the last one counts, as one change", async () => {
    expect(await write(price("l", "store:L", "1"), gone(price("l", "store:L", "1")), price("l", "store:L", "5"))).toEqual([
      { collection: "prices", scope: "store:L", head: 1 },
    ]);
    expect(await document("l")).toMatchObject({ version: 1, body: expect.stringContaining('"amount":"5"') as string });
  });

  test("a transaction that rolls back gives its positions back", async () => {
    await write(product("r", "store:R"));
    const failed = db.transaction(async (tx) => {
      await writeDocuments(tx, [product("r", "store:R", "other")], 1);
      throw new Error("killed here");
    });
    await expect(failed).rejects.toThrow("killed here");
    expect(await head("products", "store:R")).toBe(1);
    expect(await write(product("r2", "store:R"))).toEqual([{ collection: "products", scope: "store:R", head: 2 }]);
  });

  test("limits: changes of one call, and an id that is no text", async () => {
    const many = (count: number): DocumentChange[] => Array.from({ length: count }, (_, i) => price(`n${i}`, "store:N", String(i)));
    expect(await write(...many(CHANGES_MAX))).toEqual([{ collection: "prices", scope: "store:N", head: CHANGES_MAX }]);
    await expect(write(...many(CHANGES_MAX + 1))).rejects.toMatchObject({ code: "reference.invalid" });
    await expect(write(product("half \ud800 pair", "all"))).rejects.toMatchObject({ code: "reference.invalid" });
    // What JSON can say and a text column cannot is kept as it was written.
    const fields = JSON.parse('{"id":"odd","value":{"\\u0000":"\\ud800","__proto__":1}}') as object;
    await write({ collection: "configuration", id: "odd", scope: scope("all"), fields: fields as never });
    expect((await document("odd"))?.["body"]).toBe('{"id":"odd","value":{"\\u0000":"\\ud800","__proto__":1}}');
  });

  test("heads are heard at once in this process and once from another", async () => {
    const heard: (readonly MovedHead[])[] = [];
    const stop = await listenHeads(db, (heads) => heard.push(heads));
    const heads = [{ collection: "prices", scope: scope("all"), head: 9 }] as const;
    await announceHeads(db, heads);
    expect(heard).toEqual([heads]);
    await db.query(sql`SELECT pg_notify('reference', ${JSON.stringify({ from: "another", heads })})`);
    await db.query(sql`SELECT pg_notify('reference', 'nonsense')`);
    expect(heard).toEqual([heads, heads]);
    await stop();
    await announceHeads(db, heads);
    expect(heard).toHaveLength(2);
  });

  test("many heads fit the messages that PostgreSQL takes", async () => {
    const heard: MovedHead[] = [];
    const unlisten = await db.listen("reference", (payload) => heard.push(...(JSON.parse(payload) as { heads: MovedHead[] }).heads));
    const heads = Array.from({ length: 501 }, (_, i) => ({
      collection: "configuration" as const,
      scope: scope(`terminal:${String(i).padEnd(64, "x")}`),
      head: Number.MAX_SAFE_INTEGER,
    }));
    await announceHeads(db, heads);
    expect(heard).toEqual(heads);
    await unlisten();
  });
});
