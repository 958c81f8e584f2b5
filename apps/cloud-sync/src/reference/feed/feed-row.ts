import type { Refusal } from "./report.ts";

/** A row as it was read: an object, or why it is none. */
export interface FeedRow {
  readonly line: number;
  /** What it took in the feed: what a batch is bounded by. */
  readonly bytes: number;
  readonly read: { readonly fields: Readonly<Record<string, unknown>> } | { readonly refusal: Refusal };
}
