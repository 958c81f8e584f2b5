import { TillsyncError, type ReferenceDocument } from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import { checkFields } from "./check-fields.ts";
import { checkTogether } from "./check-together.ts";
import { isOldLevel, withIncluded, type PageBasis } from "./levels.ts";
import type { FeedDocument, FeedItem, FeedRefusal } from "./feed-kind.ts";
import { originKey, originsAt, originsOf, type Origin } from "./origins.ts";
import { sortPage } from "./sort-page.ts";

/** A document that its collection takes. */
export interface JudgedDocument extends FeedDocument {
  readonly checked: ReferenceDocument;
  /** A level that the system says again, by nothing that moved: it is seen, and not written. */
  readonly isOld?: boolean;
}

/** A record of which it is known what becomes of it. */
export interface JudgedItem {
  readonly key: string;
  readonly documents: readonly JudgedDocument[];
  readonly refused: readonly FeedRefusal[];
  /** What it brought before and brings no more: to be deleted. */
  readonly gone: readonly Origin[];
}

/**
 * Looks at a page beside what is here: whose each document is, and whether its collection takes it. One bad document refuses
 * itself alone. The feed is locked.
 */
export async function judgePage(
  tx: Queryable,
  place: { feed: string; part: string },
  items: readonly FeedItem[],
  basis: PageBasis,
): Promise<JudgedItem[]> {
  const keys = items.map(({ key }) => key);
  const wanted = items.flatMap(({ documents }) => documents);
  const known = { own: await originsOf(tx, place.feed, place.part, keys), at: await originsAt(tx, wanted) };
  const marks = new Map(known.own.map((origin) => [originKey(origin), origin.mark ?? undefined]));
  const sorted = sortPage(place, items, known).map((item) => ({
    ...item,
    judged: item.documents.map((document) => judge(withIncluded(document, basis), marks.get(originKey(document)))),
  }));
  const good = sorted.flatMap(({ judged }) => judged.filter((one) => "checked" in one));
  const wrong = await checkTogether(tx, good, basis.nowMs);
  return sorted.map(({ key, refused, judged, gone }) => {
    const refusals = [...refused];
    const documents: JudgedDocument[] = [];
    for (const one of judged) {
      const refusal = "checked" in one ? wrong.get(one) : one;
      if (refusal !== undefined) refusals.push(refusal);
      else if ("checked" in one) documents.push(one);
    }
    return { key, documents, refused: refusals, gone: refusals.length > 0 ? [] : gone };
  });
}

function judge(document: FeedDocument, mark: string | undefined): JudgedDocument | FeedRefusal {
  try {
    const checked = checkFields(document.collection, { ...document.fields, id: document.id });
    return { ...document, checked, isOld: isOldLevel(document, mark) };
  } catch (error) {
    if (!(error instanceof TillsyncError)) throw error;
    return { code: error.code, detail: `${document.collection} ${document.id}: ${error.detail ?? error.message}` };
  }
}
