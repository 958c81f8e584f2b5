import type { Database } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import type { BackgroundLog, BackgroundPorts } from "./ports.ts";

/** Shards are added by hand and seldom. */
const SHARDS_POLL_MS = 5_000;

/**
 * Calls `start` once for every shard there is, and for each that is added later, until `signal` aborts. Ends when all
 * that was started has ended. `start` must not reject.
 */
export async function followShards(
  deps: { readonly db: Database; readonly ports: BackgroundPorts; readonly log: BackgroundLog },
  signal: AbortSignal,
  start: (shard: string) => Promise<void>,
): Promise<void> {
  const running = new Map<string, Promise<void>>();
  while (!signal.aborted) {
    const shards = await deps.db.query<{ shard: string }>(sql`SELECT shard FROM shard ORDER BY shard`).catch((error: unknown) => {
      deps.log.warn({ err: error }, "shards cannot be read; tried again");
      return [];
    });
    for (const { shard } of shards) if (!running.has(shard)) running.set(shard, start(shard));
    await deps.ports.sleep(running.size === 0 ? SHARDS_POLL_MS / 10 : SHARDS_POLL_MS, signal);
  }
  await Promise.all(running.values());
}
