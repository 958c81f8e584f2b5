import type { FeedCommon } from "./feed-file.ts";

/**
 * Whether so many documents of `known` may be deleted because a system does not have them any more. An answer with nothing
 * in it (`empty`) deletes nothing: it is far more often a mistake than the end of an assortment.
 */
export function mayDelete(
  { deletions }: Pick<FeedCommon, "deletions">,
  wish: { readonly deleted: number; readonly known: number; readonly empty: boolean; readonly allowed: boolean },
): boolean {
  if (wish.allowed || wish.deleted === 0) return true;
  if (wish.empty) return false;
  return wish.deleted <= Math.max(deletions.alwaysAllowed, Math.floor((wish.known * deletions.percentMax) / 100));
}
