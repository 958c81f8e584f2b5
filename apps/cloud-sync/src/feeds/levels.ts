import type { StoreId } from "@tillsync/sync-protocol";
import type { FeedDocument, LevelMark } from "./feed-kind.ts";
import type { Included } from "./included-movements.ts";

/** What the documents of a page stand on. */
export interface PageBasis {
  /** What each store's level has of its terminals' journals, as of before the page was asked for. */
  readonly included: ReadonlyMap<StoreId, Included>;
  readonly nowMs: number;
}

/** A level with what is in it; other documents as they are. */
export function withIncluded(document: FeedDocument, { included }: PageBasis): FeedDocument {
  if (document.collection !== "stock") return document;
  return { ...document, fields: { ...document.fields, included: included.get(document.fields["storeId"] as StoreId) ?? {} } };
}

/** As it is kept. */
export const markText = ({ figure, moves }: LevelMark): string => JSON.stringify([figure, moves ?? null]);

/**
 * Whether a level says what it said when it was written: the same figure, by the same movements or by none. It is not written
 * again then: else each list of all goods would be news to every terminal.
 */
export function isOldLevel({ mark }: FeedDocument, written: string | undefined): boolean {
  if (mark === undefined || written === undefined) return false;
  const [figure, moves] = JSON.parse(written) as [string, string | null];
  return figure === mark.figure && (mark.moves === undefined || mark.moves === moves);
}
