import type { Origin } from "./origins.ts";
import { originKey } from "./origins.ts";
import type { FeedDocument, FeedItem, FeedRefusal } from "./feed-kind.ts";

/** A record after its documents were looked at beside those that are here. */
export interface SortedItem {
  readonly key: string;
  readonly documents: readonly FeedDocument[];
  readonly refused: readonly FeedRefusal[];
  /** What it brought before and brings no more. */
  readonly gone: readonly Origin[];
}

/**
 * Gives each document to one record. One that another record brings, here or in another feed, is refused, unless that
 * record gives it up in the same page. Pure; the order of the records decides between two that are new.
 */
export function sortPage(
  of: { readonly feed: string; readonly part: string },
  items: readonly FeedItem[],
  known: { readonly own: readonly Origin[]; readonly at: readonly Origin[] },
): SortedItem[] {
  const ownOf = Map.groupBy(known.own, ({ key }) => key);
  const released = new Set(items.flatMap((item) => goneOf(item, ownOf.get(item.key) ?? []).map(originKey)));
  const holder = new Map<string, string>();
  for (const origin of known.at)
    if (!released.has(originKey(origin)))
      holder.set(originKey(origin), origin.feed === of.feed && origin.part === of.part ? origin.key : "");
  return items.map((item) => {
    const own = ownOf.get(item.key) ?? [];
    const ownKeys = new Set(own.map(originKey));
    const documents: FeedDocument[] = [];
    const refused = [...item.refused];
    for (const document of item.documents) {
      const key = originKey(document);
      if (document.onlyIfKnown === true && !ownKeys.has(key)) continue;
      const held = holder.get(key);
      if (held !== undefined && held !== item.key) {
        refused.push({
          code: "feed.document-taken",
          detail: `${document.collection} ${document.id}${held === "" ? "" : `: record ${held}`}`,
        });
        continue;
      }
      holder.set(key, item.key);
      documents.push(document);
    }
    return { key: item.key, documents, refused, gone: goneOf(item, own) };
  });
}

/** Of a record with a refusal nothing is known to be gone. */
function goneOf(item: FeedItem, own: readonly Origin[]): Origin[] {
  if (item.refused.length > 0) return [];
  const wanted = new Set(item.documents.map(originKey));
  return own.filter((origin) => !wanted.has(originKey(origin)));
}
