import { announceHeads } from "../reference/announce-heads.ts";
import { writeDocuments, type DocumentChange } from "../reference/write-documents.ts";
import { mayDelete } from "./deletion-limit.ts";
import type { Run } from "./feed-deps.ts";
import { lockFeed } from "./feed-lease.ts";
import { countOrigins, countUnseen, forgetOrigins, unseenOrigins } from "./origins.ts";

/** Documents that are deleted in one transaction. */
const SWEEP_DOCUMENTS = 1_000;

/** Deletes what a full round has not seen, all of it or, past the limit, nothing. Begun and not ended, it goes on. */
export async function sweepUnseen(run: Run, part: string, round: number): Promise<void> {
  const { db, lease, common, counts, allowDeletions } = run;
  const [unseen, known] = [await countUnseen(db, lease.feed, part, round), await countOrigins(db, lease.feed, part)];
  if (!mayDelete(common, { deleted: unseen, known, empty: unseen >= known, allowed: allowDeletions })) {
    counts.deletionsHeld += unseen;
    run.log.warn({ feed: lease.feed, part, unseen, known }, "a feed misses far more than goes in a day; nothing is deleted");
    return;
  }
  for (let left = unseen; left > 0; left -= SWEEP_DOCUMENTS) counts.deleted += await sweepSome(run, part, round);
}

async function sweepSome({ db, lease, ports }: Run, part: string, round: number): Promise<number> {
  const { heads, count } = await db.transaction(async (tx) => {
    await lockFeed(tx, lease);
    const gone = await unseenOrigins(tx, lease.feed, part, round, SWEEP_DOCUMENTS);
    await forgetOrigins(tx, gone);
    const changes = gone.map(({ collection, id, scope }): DocumentChange => ({ collection, id, scope, fields: undefined }));
    return { heads: await writeDocuments(tx, changes, ports.nowMs()), count: gone.length };
  });
  await announceHeads(db, heads);
  return count;
}
