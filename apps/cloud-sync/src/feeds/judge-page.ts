import { TillsyncError, type ReferenceDocument } from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import { checkFields } from "./check-fields.ts";
import { checkTogether } from "./check-together.ts";
import { completeDocuments, type PageBasis } from "./complete-documents.ts";
import type { FeedDocument, FeedItem, FeedRefusal } from "./feed-kind.ts";
import { originsAt, originsOf, type Origin } from "./origins.ts";
import { sortPage } from "./sort-page.ts";

/** A document that its collection takes. */
export interface JudgedDocument extends FeedDocument {
  readonly checked: ReferenceDocument;
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
 * Looks at a page beside what is here: whose each document is, whether its collection takes it, what the state here adds to
 * it. One bad document refuses itself alone. The feed is locked; orders and levels stay locked to the end of the transaction.
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
  const sorted = sortPage(place, items, known).map((item) => ({ ...item, judged: item.documents.map(judge) }));
  const good = sorted.flatMap(({ judged }) => judged.filter((one) => "checked" in one));
  const wrong = await checkTogether(tx, good, basis.nowMs);
  const taken = good.filter((document) => !wrong.has(document));
  const completed = await completeDocuments(
    tx,
    taken,
    sorted.flatMap(({ gone }) => gone),
    basis,
  );
  return sorted.map(({ key, refused, judged, gone }) => {
    const refusals = [...refused];
    const documents: JudgedDocument[] = [];
    for (const one of judged) {
      const refusal = "checked" in one ? wrong.get(one) : one;
      if (refusal !== undefined) refusals.push(refusal);
      else if ("checked" in one) documents.push(completed.get(one) ?? one);
    }
    return { key, documents, refused: refusals, gone: refusals.length > 0 ? [] : gone };
  });
}

function judge(document: FeedDocument): JudgedDocument | FeedRefusal {
  try {
    return { ...document, checked: checkFields(document.collection, { ...document.fields, id: document.id }) };
  } catch (error) {
    if (!(error instanceof TillsyncError)) throw error;
    return { code: error.code, detail: `${document.collection} ${document.id}: ${error.detail ?? error.message}` };
  }
}
