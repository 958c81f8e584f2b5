import { TillsyncError } from "@tillsync/sync-protocol";
import type { RequestFailure } from "../../replicator/answer.ts";

/** A request of the way down that failed, and how long the cloud asks to be left alone. */
export class LineFailed extends TillsyncError {
  readonly retryAfterMs: number | undefined;

  constructor(failure: RequestFailure) {
    super(failure.code, failure.detail);
    this.retryAfterMs = failure.retryAfterMs;
  }
}
