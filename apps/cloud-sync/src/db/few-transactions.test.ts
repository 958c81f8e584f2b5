import { expect, test } from "vitest";
import type { Database } from "./database.ts";
import { fewTransactions } from "./few-transactions.ts";

/** A database whose transactions last until they are let go. */
function openSlow() {
  const open: (() => void)[] = [];
  const db = {
    query: () => Promise.resolve([]),
    transaction: (work: () => Promise<unknown>) => new Promise((resolve, reject) => open.push(() => void work().then(resolve, reject))),
  } as unknown as Database;
  return { db, open };
}

test("so many transactions at once; queries do not wait for them", async () => {
  const { db, open } = openSlow();
  const few = fewTransactions(db, 2);
  const done: number[] = [];
  const all = [0, 1, 2, 3].map((n) => few.transaction(async () => void done.push(n)));
  await Promise.resolve();
  expect(open).toHaveLength(2);
  await expect(few.query({ text: "SELECT 1", values: [], pieces: [] })).resolves.toEqual([]);
  for (let n = 0; n < 4; n += 1) {
    open[n]?.();
    await all[n];
    await Promise.resolve();
    expect(open).toHaveLength(Math.min(4, n + 3));
  }
  expect(done).toEqual([0, 1, 2, 3]);
  // Without it all of them would hold a connection.
  const bare = openSlow();
  for (let n = 0; n < 4; n += 1) void bare.db.transaction(async () => undefined);
  expect(bare.open).toHaveLength(4);
});
