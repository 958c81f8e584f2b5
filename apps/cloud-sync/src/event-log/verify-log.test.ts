import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Database } from "../db/database.ts";
import { sql, type Sql } from "../db/sql.ts";
import { OPEN_TEST_DATABASE_MAX_MS, openTestDatabase } from "../db/testing/open-test-database.ts";
import { openTestCloud, type TestCloud } from "../testing/open-test-cloud.ts";
import { readFrom } from "./read-from.ts";
import { verifyLog } from "./verify-log.ts";

let db: Database;
let cloud: TestCloud;
beforeAll(async () => {
  db = await openTestDatabase();
  cloud = await openTestCloud(db);
  const terminal = await cloud.enrolled("till-1");
  const chain = (await terminal.chain()).grow(12);
  for (const first of [1, 5, 9]) await cloud.push(terminal, chain.batch(first, first + 3));
}, OPEN_TEST_DATABASE_MAX_MS);
afterAll(async () => {
  await cloud.app.close();
  await db.close();
});
beforeEach(async () => {
  expect(await verifyLog(db)).toEqual({ ok: true, entries: 12, segments: 3, journals: 1, problems: [] });
});

/** Verifies with a damage that is rolled back afterwards. */
async function verifyWith(damage: Sql, look: (tx: Database) => Promise<unknown> = verifyLog): Promise<unknown> {
  let found: unknown;
  const undone = db.transaction(async (tx) => {
    await tx.query(damage);
    found = await look({ ...db, query: (statement) => tx.query(statement), transaction: (work) => work(noIsolation(tx)) });
    throw new Error("undo");
  });
  await expect(undone).rejects.toThrow("undo");
  return found;
}
/** A snapshot cannot begin inside a transaction that has written. */
const noIsolation = (tx: Pick<Database, "query" | "script">): Pick<Database, "query" | "script"> => ({
  script: (text) => tx.script(text),
  query: async <Row>(statement: Sql) => (statement.text.startsWith("SET TRANSACTION") ? [] : tx.query<Row>(statement)),
});

test.each([
  ["one byte of an entry", sql`UPDATE segment SET body = set_byte(body, length(body) - 5, 120) WHERE first_seq = 5`, { seq: 5, pos: 5 }],
  ["a missing batch", sql`DELETE FROM segment WHERE first_seq = 5`, { pos: 5 }],
  ["two batches in each other's place", sql`UPDATE segment SET previous_hash = last_hash WHERE first_seq = 9`, { seq: 9 }],
  ["a signature of somebody else", sql`UPDATE segment SET head_signature = set_byte(head_signature, 3, 9) WHERE first_seq = 1`, { seq: 1 }],
  ["a cut body", sql`UPDATE segment SET body = substr(body, 1, length(body) - 30) WHERE first_seq = 9`, { seq: 9 }],
  ["a head that says more", sql`UPDATE journal SET seq = 13`, { seq: 13 }],
  ["a head with another hash", sql`UPDATE journal SET hash = set_byte(hash, 0, 1)`, { terminalId: "till-1" }],
  ["a next position that skips", sql`UPDATE shard SET next_pos = 14`, { pos: 13 }],
  ["the last batch, head kept", sql`DELETE FROM segment WHERE first_seq = 9`, { pos: 9 }],
])("finds %s and names the first entry", async (_name, damage, where) => {
  const found = (await verifyWith(damage)) as Awaited<ReturnType<typeof verifyLog>>;
  expect(found.ok).toBe(false);
  expect(found.problems[0]).toMatchObject(where);
});

test("a reader stops at a hole or a damaged batch and never skips it", async () => {
  const read = (tx: Database): Promise<unknown> => readFrom(tx, { shard: "main", after: 0, limit: 100 }).catch((error: unknown) => error);
  expect(await verifyWith(sql`DELETE FROM segment WHERE first_seq = 5`, read)).toMatchObject({ code: "log.damaged" });
  expect(await verifyWith(sql`DELETE FROM segment WHERE first_seq = 1`, read)).toMatchObject({ code: "log.damaged" });
  expect(await verifyWith(sql`UPDATE segment SET entries = 3 WHERE first_seq = 9`, read)).toMatchObject({ code: "log.damaged" });
});
