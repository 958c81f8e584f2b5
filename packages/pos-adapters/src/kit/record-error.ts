import { TillsyncError, type ErrorCode } from "@tillsync/sync-protocol";
import type { ByteRange, DraftOutput, SetAsideRecord } from "./adapter.ts";

/** Builds the set-aside output of a range. */
export const setAside = (code: ErrorCode, range: ByteRange, detail?: string): SetAsideRecord =>
  detail === undefined ? { kind: "set-aside", code, range } : { kind: "set-aside", code, detail, range };

/**
 * Turns one record into outputs, so that a record can only ever hurt itself: a `TillsyncError` sets it aside with the
 * error's own code, any other error with `adapter.failed`.
 */
export function mapRecord(range: ByteRange, map: () => unknown): DraftOutput {
  try {
    return { kind: "transaction", draft: map(), range };
  } catch (error) {
    if (error instanceof TillsyncError) return setAside(error.code, range, error.detail);
    return setAside("adapter.failed", range, error instanceof Error ? error.name : undefined);
  }
}
