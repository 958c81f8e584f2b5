import { expect, test } from "vitest";
import { loadMigrations, migrate } from "./migrate.ts";
import { openPglite } from "./pglite.ts";
import { sql } from "./sql.ts";
import { OPEN_TEST_DATABASE_MAX_MS } from "./testing/open-test-database.ts";

test("migrates forward, once, and refuses a database from the future unchanged", { timeout: OPEN_TEST_DATABASE_MAX_MS }, async () => {
  const db = await openPglite();
  const made = { number: 10, name: "made", text: "CREATE TABLE made (n int); INSERT INTO made VALUES (1)" };
  const more = { number: 20, name: "more", text: "INSERT INTO made VALUES (2)" };
  const between = { number: 15, name: "between", text: "INSERT INTO made VALUES (3)" };
  await migrate(db, [made, more]);
  await migrate(db, [made, between, more]);
  const rows = async () => (await db.query<{ n: number }>(sql`SELECT n FROM made ORDER BY n`)).map((row) => row.n);
  expect(await rows()).toEqual([1, 2, 3]);
  await expect(migrate(db, [made, { number: 16, name: "new", text: "DELETE FROM made" }])).rejects.toMatchObject({ code: "data.future" });
  expect(await rows()).toEqual([1, 2, 3]);
  const broken = { number: 30, name: "broken", text: "DELETE FROM made; SELECT nothing" };
  await expect(migrate(db, [made, between, more, broken])).rejects.toThrow("nothing");
  expect(await rows()).toEqual([1, 2, 3]);
  await db.close();
});

test("numbers are unique and four digits", async () => {
  const numbers = (await loadMigrations()).map((migration) => migration.number);
  expect(new Set(numbers).size).toBe(numbers.length);
  for (const number of numbers) expect(number).toBeGreaterThanOrEqual(10);
});
