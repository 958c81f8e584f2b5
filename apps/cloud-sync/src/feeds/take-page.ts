import type { Queryable } from "../db/database.ts";
import { announceHeads } from "../reference/announce-heads.ts";
import { writeAndCount, type DocumentChange } from "../reference/write-documents.ts";
import { markText, type PageBasis } from "./levels.ts";
import { mayDelete } from "./deletion-limit.ts";
import type { Run } from "./feed-deps.ts";
import type { FeedItem } from "./feed-kind.ts";
import { lockFeed } from "./feed-lease.ts";
import { judgePage, type JudgedItem } from "./judge-page.ts";
import { joinKnown } from "./join-known.ts";
import { countOrigins, forgetOrigins, noteOrigins, type Origin } from "./origins.ts";
import { noteRefusals } from "./refusals.ts";
import { moveRound } from "./rounds.ts";

/** Of which part and round a page is. */
export interface PagePlace {
  readonly part: string;
  readonly round: number;
  /** Where the round goes on after it; undefined: it is the last page, or none of a round. */
  readonly next?: string | undefined;
  readonly included: PageBasis["included"];
}

/**
 * Takes one page of records in one transaction: documents, where they come from, what is refused, and the cursor, all or
 * none, under the feed's fence. The same page again changes nothing. Throws `FeedLeaseLost`.
 */
export async function takePage(run: Run, { part, round, next, included }: PagePlace, items: readonly FeedItem[]): Promise<void> {
  const { db, lease, counts, ports } = run;
  const place = { feed: lease.feed, part, round };
  const nowMs = ports.nowMs();
  const { heads, changed, page, held } = await db.transaction(async (tx) => {
    await lockFeed(tx, lease);
    const judged = await judgePage(tx, place, items, { included, nowMs });
    const limited = await holdDeletions(tx, run, part, judged);
    const origins = limited.page.flatMap(({ key, documents }) => documents.map((document) => originOf(place, key, document)));
    await noteOrigins(
      tx,
      place,
      origins,
      items.map(({ key }) => key),
    );
    const taken = new Set(origins.map(({ collection, id }) => `${collection}\n${id}`));
    const gone = limited.page.flatMap((item) => item.gone).filter(({ collection, id }) => !taken.has(`${collection}\n${id}`));
    await forgetOrigins(tx, gone);
    await noteRefusals(tx, place, limited.page, nowMs);
    if (next !== undefined) await moveRound(tx, lease.feed, part, next);
    const deletions = gone.map(({ collection, id, scope }): DocumentChange => ({ collection, id, scope, fields: undefined }));
    const changes = limited.page.flatMap(({ documents }) => documents.filter(({ isOld }) => isOld !== true).map(changeOf));
    const joined = await joinKnown(tx, [...deletions, ...changes], nowMs);
    // Last: it holds the scopes' rows from here to the commit.
    return { ...(await writeAndCount(tx, joined, nowMs)), ...limited };
  });
  counts.pages += 1;
  counts.read += items.length;
  counts.documents += sum(page, ({ documents }) => documents.length);
  counts.changed += changed;
  counts.refused += sum(page, ({ refused }) => (refused.length > 0 ? 1 : 0));
  counts.deleted += sum(page, ({ gone }) => gone.length);
  counts.deletionsHeld += held;
  await announceHeads(db, heads);
}

/** A level that is not written keeps the mark under which it was; an order lives where it is written. */
const originOf = (
  place: { feed: string; part: string },
  key: string,
  { collection, id, scope, mark, isOld }: JudgedItem["documents"][number],
): Origin => ({ ...place, collection, id, scope, key, mark: mark === undefined ? null : isOld === true ? undefined : markText(mark) });

const changeOf = ({ collection, id, scope, checked }: JudgedItem["documents"][number]): DocumentChange => ({
  collection,
  id,
  scope,
  fields: checked,
});

const sum = (page: readonly JudgedItem[], of: (item: JudgedItem) => number): number => page.reduce((total, item) => total + of(item), 0);

/** What a run may delete is limited, also where records say one by one that they are gone: a mistake there is as thorough. */
async function holdDeletions(
  tx: Queryable,
  { lease, common, counts, allowDeletions }: Run,
  part: string,
  page: readonly JudgedItem[],
): Promise<{ page: readonly JudgedItem[]; held: number }> {
  const deleted = sum(page, ({ gone }) => gone.length);
  if (deleted === 0) return { page, held: 0 };
  const known = (await countOrigins(tx, lease.feed, part)) + counts.deleted;
  const total = counts.deleted + deleted;
  if (mayDelete(common, { deleted: total, known, empty: false, allowed: allowDeletions })) return { page, held: 0 };
  const detail = `${total} of ${known} documents`;
  const kept = page.map((item) =>
    item.gone.length === 0 ? item : { ...item, gone: [], refused: [...item.refused, { code: "feed.too-many-deletions" as const, detail }] },
  );
  return { page: kept, held: deleted };
}
