import { TillsyncError, type Transaction } from "@tillsync/sync-protocol";
import { cleanText } from "../transactions/clean-text.ts";
import { readCaptured } from "../transactions/read-captured.ts";

/** An entry's line, which is read at most once, and only when somebody wants to know what it says. */
export interface ReceiptText {
  readonly line: Uint8Array;
  /** Throws what makes the line unreadable. */
  readonly transaction: Transaction;
  /** Why the line cannot be read, though it once could. Reads it. */
  readonly broken: string | undefined;
}

type Read = { readonly transaction: Transaction; readonly broken?: undefined } | { readonly broken: string; readonly error: unknown };

/**
 * Copies the line: a view would hold its whole segment in memory for as long as one receipt of it is under way.
 * `takenUp`: hash of the content as the read model took it up.
 */
export function receiptText(view: Uint8Array, takenUp: Uint8Array): ReceiptText {
  const line = Uint8Array.from(view);
  let read: Read | undefined;
  return {
    line,
    get transaction() {
      read ??= tryRead(line, takenUp);
      if (read.broken === undefined) return read.transaction;
      throw read.error;
    },
    get broken() {
      read ??= tryRead(line, takenUp);
      return read.broken;
    },
  };
}

function tryRead(line: Uint8Array, takenUp: Uint8Array): Read {
  try {
    return { transaction: readCaptured(line, takenUp) };
  } catch (error) {
    return { broken: error instanceof TillsyncError ? cleanText(error.message) : "the entry cannot be read", error };
  }
}
