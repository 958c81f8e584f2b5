import { randomUUID } from "node:crypto";
import { collectionSchema, positionSchema, scopeSchema } from "@tillsync/sync-protocol";
import { z } from "zod";
import type { Database } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import type { MovedHead } from "./write-documents.ts";

const CHANNEL = "reference";
/** PostgreSQL takes payloads below 8,000 bytes; a head is at most some 120 characters. */
const HEADS_PER_MESSAGE = 50;

const messageSchema = z.strictObject({
  from: z.string(),
  heads: z.array(z.strictObject({ collection: collectionSchema, scope: scopeSchema, head: positionSchema })),
});

interface Station {
  /** Names this opening of the database, so that it does not hear its own words twice. */
  readonly name: string;
  readonly listeners: Set<(heads: readonly MovedHead[]) => void>;
}
const stations = new WeakMap<Database, Station>();

function stationOf(db: Database): Station {
  const known = stations.get(db) ?? { name: randomUUID(), listeners: new Set() };
  stations.set(db, known);
  return known;
}

/**
 * Tells of heads that moved, after the commit: listeners on this `db` at once, other processes by NOTIFY. It carries no
 * data and does not fail: whoever waits looks at the database by itself too, so a lost word costs one poll.
 */
export async function announceHeads(db: Database, heads: readonly MovedHead[]): Promise<void> {
  if (heads.length === 0) return;
  const { name, listeners } = stationOf(db);
  for (const listener of listeners) listener(heads);
  const messages: string[] = [];
  for (let i = 0; i < heads.length; i += HEADS_PER_MESSAGE)
    messages.push(JSON.stringify({ from: name, heads: heads.slice(i, i + HEADS_PER_MESSAGE) }));
  await db.query(sql`SELECT pg_notify(${CHANNEL}, payload) FROM unnest(${messages}::text[]) AS m (payload)`).catch(() => undefined);
}

/**
 * Calls `onHeads` for every announcement, of this process or another, until the returned function is called. A head may
 * come twice, late or not at all.
 */
export async function listenHeads(db: Database, onHeads: (heads: readonly MovedHead[]) => void): Promise<() => Promise<void>> {
  const { name, listeners } = stationOf(db);
  const own = (heads: readonly MovedHead[]): void => onHeads(heads);
  listeners.add(own);
  const unlisten = await db.listen(CHANNEL, (payload) => {
    const heads = readMessage(payload, name);
    if (heads.length > 0) onHeads(heads);
  });
  return async () => {
    listeners.delete(own);
    await unlisten();
  };
}

function readMessage(payload: string, self: string): readonly MovedHead[] {
  try {
    const message = messageSchema.parse(JSON.parse(payload));
    return message.from === self ? [] : message.heads;
  } catch {
    // Another version's word, or someone else's: the poll finds what it meant.
    return [];
  }
}
