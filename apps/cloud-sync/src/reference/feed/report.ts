import type { ErrorCode } from "@tillsync/sync-protocol";
import { REFUSALS_LISTED_MAX } from "./limits.ts";

/** Why a row was not taken. It names fields and reasons, never a value that could be a person's. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly detail: string;
}

export interface ListedRefusal extends Refusal {
  /** Line of the feed, from 1, blank ones counted. */
  readonly line: number;
  readonly id?: string;
}

/** What became of a feed. */
export interface FeedReport {
  /** Rows that changed a document. */
  accepted: number;
  /** Rows whose document was so already. */
  unchanged: number;
  refused: number;
  /** The first refusals by line; `refusedMore` counts the others. */
  readonly refusals: ListedRefusal[];
  refusedMore: number;
  /** Of a replacing feed: documents deleted because the feed did not have them. */
  deleted?: number;
  /** Why a replacing feed deleted nothing: a row was refused, so that it cannot count as complete. */
  deletionsWithheld?: "rows-refused";
}

export const emptyReport = (): FeedReport => ({ accepted: 0, unchanged: 0, refused: 0, refusals: [], refusedMore: 0 });

export function refuse(report: FeedReport, refusal: ListedRefusal): void {
  report.refused += 1;
  if (report.refusals.length < REFUSALS_LISTED_MAX) report.refusals.push(refusal);
  else report.refusedMore += 1;
}
