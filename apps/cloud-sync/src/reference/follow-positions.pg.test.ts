import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Database } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { OPEN_TEST_DATABASE_MAX_MS, openTestDatabase } from "../db/testing/open-test-database.ts";
import { price, scope } from "./testing/changes.ts";
import { Follower, livingIn } from "./testing/follow-scopes.ts";
import { takeWithoutLock } from "./testing/write-apart.ts";
import { writeDocuments } from "./write-documents.ts";

const SCOPES = ["all", "store:A", "store:B", "terminal:a"] as const;
const READERS = [["all", "store:A", "terminal:a"], ["all", "store:B"], ["store:A"], ["all"]] as const;

const change = fc.record({
  id: fc.constantFrom("p1", "p2", "p3", "p4"),
  scope: fc.constantFrom(...SCOPES),
  amount: fc.constantFrom("1", "2"),
  gone: fc.boolean(),
});
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ write: fc.array(change, { minLength: 1, maxLength: 5 }) }) },
  { weight: 2, arbitrary: fc.record({ reader: fc.nat(READERS.length - 1), limit: fc.integer({ min: 1, max: 3 }) }) },
);

describe("who follows positions", () => {
  let db: Database;
  beforeAll(async () => {
    db = await openTestDatabase();
  }, OPEN_TEST_DATABASE_MAX_MS);
  afterAll(() => db.close());

  test("has in the end exactly what lives in the scopes it sees, whatever was written, moved and deleted meanwhile", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        await db.script("TRUNCATE reference_document, reference_change, reference_scope");
        const followers = READERS.map((scopes) => new Follower("prices", scopes.map(scope)));
        for (const one of steps) {
          if ("reader" in one) await followers[one.reader]?.pull(db, one.limit);
          else {
            const changes = one.write.map((wish) => ({
              ...price(wish.id, wish.scope, wish.amount),
              ...(wish.gone ? { fields: undefined } : {}),
            }));
            await db.transaction((tx) => writeDocuments(tx, changes, 1));
          }
        }
        for (const follower of followers) {
          while ((await follower.pull(db, 3)) > 0);
          expect(follower.living()).toEqual(await livingIn(db, "prices", follower.scopes));
        }
        const heads = await db.query<{ head: number; last: number }>(sql`
          SELECT s.head, max(c.position) AS last FROM reference_scope s LEFT JOIN reference_change c USING (collection, scope)
          GROUP BY collection, scope, head`);
        for (const { head, last } of heads) expect(last).toBe(head);
        const counts = await db.query<{ scope: string; documents: number }>(sql`SELECT scope, documents FROM reference_scope`);
        for (const { scope: where, documents } of counts)
          expect(documents, where).toBe(Object.keys(await livingIn(db, "prices", [scope(where)])).length);
      }),
      { numRuns: 25 },
    );
  });

  test("negative control: with positions taken before the transaction that writes, a document is skipped", async () => {
    await db.script("TRUNCATE reference_document, reference_change, reference_scope");
    const follower = new Follower("prices", [scope("all")]);
    const slow = await takeWithoutLock(db, [price("slow", "all", "1")]);
    await (
      await takeWithoutLock(db, [price("quick", "all", "1")])
    )();
    while ((await follower.pull(db, 3)) > 0);
    await slow();
    while ((await follower.pull(db, 3)) > 0);
    expect(follower.living()).not.toEqual(await livingIn(db, "prices", follower.scopes));
  });

  test("negative control: a move that told its new scope alone would leave the document in the old one", async () => {
    await db.script("TRUNCATE reference_document, reference_change, reference_scope");
    const follower = new Follower("prices", [scope("store:A")]);
    await db.transaction((tx) => writeDocuments(tx, [price("m", "store:A", "1")], 1));
    await follower.pull(db, 3);
    await db.transaction((tx) => writeDocuments(tx, [price("m", "store:B", "1")], 1));
    await db.query(sql`DELETE FROM reference_change WHERE scope = 'store:A'`);
    await follower.pull(db, 3);
    expect(follower.living()).not.toEqual(await livingIn(db, "prices", follower.scopes));
  });
});
