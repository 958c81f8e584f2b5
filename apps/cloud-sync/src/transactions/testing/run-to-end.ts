import type { Upcaster } from "@tillsync/sync-protocol";
import type { Database } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import { createWake } from "../../event-log/wake.ts";
import { readCursor } from "../../subscribers/cursor.ts";
import { runSubscriber, type SubscriberDeps } from "../../subscribers/run-subscriber.ts";
import type { Subscriber } from "../../subscribers/subscriber.ts";
import { recordingLog } from "../../subscribers/testing/quiet.ts";
import { systemPorts } from "../../subscribers/ports.ts";
import type { ReadEntry } from "../page.ts";
import { transactionsSubscriber } from "../transactions-subscriber.ts";

/** Runs the transactions subscriber until its cursor stands at the log's end, then stops it. */
export async function runToEnd(
  db: Database,
  options: { upcasters?: Readonly<Record<number, Upcaster>>; change?: (s: Subscriber<ReadEntry[]>) => Subscriber<ReadEntry[]> } = {},
): Promise<ReturnType<typeof recordingLog>> {
  const wake = createWake();
  const log = recordingLog();
  const stop = new AbortController();
  const deps: SubscriberDeps = { db, wake, ports: systemPorts, log, owner: "test", makeWay: () => Promise.resolve() };
  const subscriber = transactionsSubscriber(db, wake, systemPorts, options.upcasters);
  const running = runSubscriber(deps, options.change?.(subscriber) ?? subscriber, "main", stop.signal);
  const ends = await db.query<{ next_pos: number }>(sql`SELECT next_pos FROM shard WHERE shard = 'main'`);
  const end = (ends[0]?.next_pos ?? 1) - 1;
  for (let tries = 0; tries < 2_000; tries++) {
    const rows = await db.query<{ reader: string }>(sql`SELECT reader FROM subscriber_cursor WHERE subscriber = ${subscriber.name}`);
    if ((await readCursor(db, subscriber.name, "main")) === end && rows[0]?.reader !== undefined && rows[0].reader !== "") break;
    await systemPorts.sleep(5);
  }
  stop.abort();
  await running;
  return log;
}
