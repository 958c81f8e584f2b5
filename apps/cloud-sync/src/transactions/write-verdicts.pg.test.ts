import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { openTestDatabase } from "../db/testing/open-test-database.ts";
import { verdictFloor } from "./verdict-floor.ts";
import { writeVerdicts } from "./write-verdicts.ts";

const AT_MS = Date.UTC(2026, 10, 20);
const setAside = (seq: number) =>
  ({ terminal: "till-1", epoch: 1, seq, kind: "set-aside", code: "entry.invalid", detail: undefined }) as const;

let db: Database;
beforeAll(async () => {
  db = await openTestDatabase();
  await db.query(sql`INSERT INTO store (store_id, shard) VALUES ('store-1', 'main')`);
  await db.query(sql`INSERT INTO terminal (terminal_id, store_id) VALUES ('till-1', 'store-1')`);
});
afterAll(() => db.close());

const numbers = async (): Promise<number[]> =>
  (await db.query<{ n: number }>(sql`SELECT n FROM verdict WHERE terminal_id = 'till-1' ORDER BY n`)).map((row) => row.n);
const write = (seqs: number[], atMs: number): Promise<void> => db.transaction((tx) => writeVerdicts(tx, seqs.map(setAside), atMs));

test("numbers grow by one within a page and never fall below the time, also when the clock goes back", async () => {
  await write([1, 2, 3], AT_MS);
  await write([4], AT_MS - 60_000);
  const first = verdictFloor(AT_MS);
  expect(await numbers()).toEqual([first, first + 1, first + 2, first + 3]);
});

test("a cloud restored from an older backup gives no number that was heard", async () => {
  const heard = await numbers();
  await db.query(sql`DELETE FROM verdict`);
  await db.query(sql`UPDATE terminal SET next_verdict = 1`);
  await write([5, 6], AT_MS + 1);
  for (const n of await numbers()) expect(n).toBeGreaterThan(Math.max(...heard));
});
