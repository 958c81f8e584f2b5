import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { Database } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { openExternalDatabase, TEST_PG_URL } from "../db/testing/open-external-database.ts";
import { gone, price, product, scope } from "./testing/changes.ts";
import { Follower, livingIn } from "./testing/follow-scopes.ts";
import { takeWithoutLock, writeUnlocked } from "./testing/write-apart.ts";
import { writeDocuments, type DocumentChange } from "./write-documents.ts";

const WRITERS = 6;
const ROUNDS = 40;
const IDS = 30;
const UNLOCKED_ATTEMPTS_MAX = 10;
const SCOPES = ["all", "store:A", "store:B", "store:C"];

/** Small and full of meetings: documents that several writers create, change, move and delete at once. */
function randomChanges(random: () => number): DocumentChange[] {
  return Array.from({ length: 1 + Math.floor(random() * 12) }, () => {
    const wish = price(
      `p${Math.floor(random() * IDS)}`,
      SCOPES[Math.floor(random() * SCOPES.length)] ?? "all",
      String(Math.floor(random() * 50)),
    );
    return random() < 0.2 ? gone(wish) : wish;
  });
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Readers that never stop while writers write, and what each has in the end against what lives. */
async function followWriters(db: Database, write: (changes: readonly DocumentChange[]) => Promise<unknown>): Promise<boolean> {
  const followers = [SCOPES, ["all", "store:A"], ["store:B"], ["all"]].map((scopes) => new Follower("prices", scopes.map(scope)));
  const writing = { on: true };
  const readers = followers.map(async (follower) => {
    while (writing.on) if ((await follower.pull(db, 3)) === 0) await setImmediate();
    while ((await follower.pull(db, 100)) > 0);
  });
  const writers = Array.from({ length: WRITERS }, async (_, writer) => {
    const random = seeded(writer + 1);
    for (let round = 0; round < ROUNDS; round += 1) await write(randomChanges(random));
  });
  // All of them end before the database goes, also where one fails.
  const ended = await Promise.allSettled(writers);
  writing.on = false;
  await Promise.all(readers);
  const failed = ended.find((one) => one.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  const living = await Promise.all(followers.map((follower) => livingIn(db, "prices", follower.scopes)));
  return followers.every((follower, i) => JSON.stringify(sorted(follower.living())) === JSON.stringify(sorted(living[i] ?? {})));
}

const sorted = (record: Record<string, string>): [string, string][] => Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1));

describe.skipIf(TEST_PG_URL === undefined)("reference documents written by several at once (needs a server at TEST_PG_URL)", () => {
  test("no writer waits for another in a circle, and no reader skips a change", async () => {
    const external = await openExternalDatabase();
    const { db } = external;
    try {
      expect(await followWriters(db, (changes) => db.transaction((tx) => writeDocuments(tx, changes, 1)))).toBe(true);
      const [counted] = await db.query<{ wrong: number }>(sql`
        SELECT count(*) AS wrong FROM reference_scope s
        WHERE s.head <> (SELECT max(position) FROM reference_change c WHERE c.collection = s.collection AND c.scope = s.scope)`);
      expect(counted?.wrong).toBe(0);
    } finally {
      await external.drop();
    }
  });

  test("negative control: with positions taken before the transaction that writes, a reader skips", async () => {
    const external = await openExternalDatabase();
    const { db } = external;
    try {
      const follower = new Follower("prices", [scope("all")]);
      const slow = await takeWithoutLock(db, [price("p1", "all", "1")]);
      const quick = await takeWithoutLock(db, [price("p2", "all", "2")]);
      await quick();
      await follower.pull(db, 100);
      await slow();
      while ((await follower.pull(db, 100)) > 0);
      expect(Object.keys(await livingIn(db, "prices", follower.scopes)).toSorted()).toEqual(["p1", "p2"]);
      expect(Object.keys(follower.living())).toEqual(["p2"]);
    } finally {
      await external.drop();
    }
  });

  test("negative control: when documents are looked at before they are locked, writers collide or readers go wrong", async () => {
    const external = await openExternalDatabase();
    try {
      // Writers must meet for it: mostly they do at once.
      let fine = true;
      for (let attempt = 0; fine && attempt < UNLOCKED_ATTEMPTS_MAX; attempt += 1)
        fine = await followWriters(external.db, (changes) => writeUnlocked(external.db, changes)).catch(() => false);
      expect(fine).toBe(false);
    } finally {
      await external.drop();
    }
  });

  test("100,000 documents are written once, and written again as they are take no position", async () => {
    const external = await openExternalDatabase();
    const { db } = external;
    try {
      const all = Array.from({ length: 100_000 }, (_, i) => product(`item-${i}`, "all", `Article number ${i}`));
      const writeAll = async (): Promise<number> => {
        const start = performance.now();
        for (let i = 0; i < all.length; i += 1000) await db.transaction((tx) => writeDocuments(tx, all.slice(i, i + 1000), 1));
        return performance.now() - start;
      };
      const [first, again] = [await writeAll(), await writeAll()];
      console.log(`100,000 documents: ${Math.round(first)} ms, unchanged ${Math.round(again)} ms`);
      const [head] = await db.query<{ head: number }>(sql`SELECT head FROM reference_scope`);
      expect(head?.head).toBe(100_000);
    } finally {
      await external.drop();
    }
  });
});
