import { setTimeout as delay } from "node:timers/promises";
import type { Database } from "../../db/database.ts";
import type { appendSegment, NewSegment } from "../append.ts";
import { readFrom } from "../read-from.ts";

/** Longer than a free transaction takes, short enough for a test: who is not through by then is waiting for a lock. */
const STUCK_AFTER_MS = 400;

/**
 * The race that a log must win: a writer takes positions and does not commit yet, a second one comes by, a reader looks.
 * Gives what the reader found while the first was open (it may see nothing, and no hole), and after both were done.
 */
export async function overtakePosition(
  db: Database,
  append: typeof appendSegment,
  [first, second]: readonly [NewSegment, NewSegment],
): Promise<{ during: number | "hole"; after: number | "hole" }> {
  const appended = Promise.withResolvers<void>();
  const mayCommit = Promise.withResolvers<void>();
  const slow = db.transaction(async (tx) => {
    await append(tx, first);
    appended.resolve();
    await mayCommit.promise;
  });
  await appended.promise;
  const quick = db.transaction((tx) => append(tx, second));
  await Promise.race([quick, delay(STUCK_AFTER_MS)]);
  const during = await look(db, first.shard);
  mayCommit.resolve();
  await Promise.all([slow, quick]);
  return { during, after: await look(db, first.shard) };
}

const look = (db: Database, shard: string): Promise<number | "hole"> =>
  readFrom(db, { shard, after: 0, limit: 1000 }).then(
    (entries) => entries.length,
    () => "hole" as const,
  );
