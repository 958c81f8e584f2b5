import { WINDOW_ITEMS_MAX } from "./read-ahead.ts";

/** What arrived lately at a destination, known before it is recorded. */
export interface Arrivals {
  note(item: { readonly naturalKey: string; readonly revision: number }, vendorId: string | undefined): void;
  has(naturalKey: string): boolean;
  /** The receiver's id of the latest of the receipt's revisions noted here. */
  vendorIdOf(naturalKey: string): string | undefined;
}

/** More than can be under way and not recorded: what is forgotten here stands in the database. */
const ARRIVALS_MAX = 2 * WINDOW_ITEMS_MAX;

export function createArrivals(max = ARRIVALS_MAX): Arrivals {
  const known = new Map<string, { readonly revision: number; readonly vendorId: string | undefined }>();
  return {
    note: ({ naturalKey, revision }, vendorId) => {
      const before = known.get(naturalKey);
      if (before !== undefined && before.revision > revision) return;
      known.delete(naturalKey);
      known.set(naturalKey, { revision, vendorId: vendorId ?? before?.vendorId });
      if (known.size <= max) return;
      for (const oldest of known.keys()) return void known.delete(oldest);
    },
    has: (naturalKey) => known.has(naturalKey),
    vendorIdOf: (naturalKey) => known.get(naturalKey)?.vendorId,
  };
}
