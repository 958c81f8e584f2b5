import { announceHeads } from "../reference/announce-heads.ts";
import { writeDocuments, type DocumentChange } from "../reference/write-documents.ts";
import { sql } from "../db/sql.ts";
import type { Run } from "./feed-deps.ts";
import { lockFeed } from "./feed-lease.ts";
import { forgetOrigins, type Origin } from "./origins.ts";

/** Orders that are taken away in one transaction. */
const RETIRED_ORDERS = 500;
const ENDED = ["delivered", "returned", "cancelled"] as const;

/**
 * Takes away orders that ended long ago, so that tills do not keep every order there ever was. One that a person has yet to
 * settle stays. No limit holds this back: it follows from the orders themselves, not from what a system lacks.
 */
export async function retireOrders(run: Run, part: string, keepMs: number): Promise<void> {
  for (;;) if ((await retireSome(run, part, keepMs)) < RETIRED_ORDERS) return;
}

async function retireSome({ db, lease, ports, counts }: Run, part: string, keepMs: number): Promise<number> {
  const nowMs = ports.nowMs();
  const { heads, count } = await db.transaction(async (tx) => {
    await lockFeed(tx, lease);
    const old = await tx.query<Origin>(sql`
      SELECT o.collection, o.id, o.scope, o.feed, o.part, o.key FROM feed_document o
      JOIN reference_document d ON d.collection = o.collection AND d.id = o.id
      WHERE o.feed = ${lease.feed} AND o.part = ${part} AND o.collection = 'orders' AND d.changed_at_ms < ${nowMs - keepMs}::bigint
        AND (d.body IS NULL OR (d.body->>'status' = ANY(${[...ENDED]}::text[]) AND d.body->>'conflict' IS NULL))
      ORDER BY o.id LIMIT ${RETIRED_ORDERS}`);
    await forgetOrigins(tx, old);
    const changes = old.map(({ collection, id, scope }): DocumentChange => ({ collection, id, scope, fields: undefined }));
    return { heads: await writeDocuments(tx, changes, nowMs), count: old.length };
  });
  counts.retired += count;
  await announceHeads(db, heads);
  return count;
}
