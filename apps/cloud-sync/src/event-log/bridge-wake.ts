import type { Database, Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import type { Wake } from "./wake.ts";

const CHANNEL = "tillsync_wake";
/** NOTIFYs go out at most this often: inside every ingest transaction they would cost four times the ingest. */
const TICK_MS = 50;
/** PostgreSQL takes payloads below 8,000 bytes; topics beyond it wait for the poll. */
const PAYLOAD_CHARS_MAX = 7_000;

export interface WakeBridge {
  /** Wakes this process at once and the other processes on the same database within a tick. */
  readonly wake: Wake;
  close(): Promise<void>;
}

/**
 * Carries wake-ups between the processes that share a database, outside of every write transaction. `self` names this
 * process, so that it does not wake itself a second time.
 */
export async function bridgeWake(db: Database, local: Wake, self: string): Promise<WakeBridge> {
  const pending = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let sending: Promise<unknown> = Promise.resolve();
  const unlisten = await db.listen(CHANNEL, (payload) => {
    const [sender, ...topics] = payload.split("\n");
    if (sender !== self) topics.forEach((topic) => local.notify(topic));
  });
  const send = (): void => {
    timer = undefined;
    const topics = [...pending];
    pending.clear();
    // A lost wake-up costs one poll of the other process, never an entry.
    sending = notifyProcesses(db, topics, self).catch(() => undefined);
  };
  const notify = (topic: string): void => {
    local.notify(topic);
    pending.add(topic);
    timer ??= setTimeout(send, TICK_MS);
  };
  return {
    wake: { ...local, notify },
    close: async () => {
      clearTimeout(timer);
      await sending;
      await unlisten();
    },
  };
}

/** Wakes every process on this database; what a command does after it changed something. */
export const notifyProcesses = (db: Queryable, topics: readonly string[], self = "command"): Promise<unknown> =>
  db.query(sql`SELECT pg_notify(${CHANNEL}, ${[self, ...topics].join("\n").slice(0, PAYLOAD_CHARS_MAX)})`);
