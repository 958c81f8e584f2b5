import type { Category } from "../transactions/category.ts";

/**
 * Whether a destination wants a revision: its own category, or that of the revision it replaces - a sale that became a
 * cancelled one must be taken back where it was delivered.
 */
export const isWanted = (include: readonly Category[], category: string | null, previous: string | null): boolean =>
  (include as readonly (string | null)[]).includes(category) || (include as readonly (string | null)[]).includes(previous);
