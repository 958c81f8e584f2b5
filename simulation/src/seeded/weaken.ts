/**
 * Negative controls: each takes one promise away through what the world hands to the real code, and must turn a checker
 * red. A checker that stays green then proves nothing.
 */
export const WEAKNESSES = [
  /** The cloud answers "stored" and then loses the transaction. */
  "acknowledge-before-storing",
  /** The read model's cursor is kept before its effects are. */
  "cursor-before-effect",
  /** Readers take every entry for a receipt of its own. */
  "dedupe-off",
  /** A fork is answered as if it were none. */
  "fork-ignored",
  /** The terminal forgets what the cloud found in its entries. */
  "verdicts-lost",
  /** The source's position is kept before the entries are. */
  "position-before-entry",
] as const;
export type Weakness = (typeof WEAKNESSES)[number];
