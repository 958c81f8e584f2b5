import { DOCUMENT_BYTES_MAX } from "@tillsync/sync-protocol";

/** Bounds of one feed. What is held in memory of it at once is one batch and one line. */

/** A line: a document as it travels to terminals. */
export const ROW_BYTES_MAX = DOCUMENT_BYTES_MAX;
/** Objects and arrays within each other; a product has three. */
export const ROW_DEPTH_MAX = 20;
/** Ten times a large catalogue; what is remembered of each is 32 bytes. */
export const FEED_ROWS_MAX = 1_000_000;
/** Unpacked: a million rows of a kilobyte. A packed body can be a thousand times what it looks like. */
export const FEED_BYTES_MAX = 1024 * 1024 * 1024;
/** Rows of one transaction. Other writers of the same scope wait for it. */
export const BATCH_ROWS_MAX = 1_000;
/** Or this much text, whichever comes first. */
export const BATCH_BYTES_MAX = 4 * 1024 * 1024;
/** Refusals that a report names; the rest it counts. */
export const REFUSALS_LISTED_MAX = 100;
/** Prices of one item in one scope that have not ended. More than any shop's promotions, groups and quantities together. */
export const OPEN_PRICES_MAX = 200;
/** Steps of variants of variants, or sets of sets. Seen in the field: three. */
export const RELATION_STEPS_MAX = 20;
/** How much of a scope a replacing feed may delete unless it says otherwise. */
export const DELETED_PERCENT_DEFAULT = 20;
/** Feeds taken at once by one process. Each keeps one database connection busy. */
export const FEEDS_IN_HAND_MAX = 4;
