import type { ByteRange } from "../../kit/adapter.ts";
import type { UnitBuffer } from "../../kit/bytes/unit-buffer.ts";
import { DELIMITED_ROW_BYTES_MAX } from "../../kit/limits.ts";

/** One row of the source, as bytes; `open` when its quote was never closed, `cut` when it has no line end. */
export interface RawRow {
  readonly bytes: Uint8Array;
  readonly range: ByteRange;
  readonly problem?: "limit" | "open";
  readonly cut: boolean;
}

export interface RowScanner {
  /** The next row, or `undefined` when more bytes are needed. Its bytes are a view: use them before the next call. */
  next(ended: boolean): RawRow | undefined;
}

const LF = 0x0a;

/**
 * Cuts a source into rows at line ends outside of quotes. A quote opens a field only as its first character, as in RFC
 * 4180. A row whose quote stays open past the limit of a row is cut at its first line end, and reading goes on behind
 * it: one stray quote costs one row, not the file.
 */
export function createRowScanner(buffer: UnitBuffer, delimiter: number, quote: number | undefined): RowScanner {
  const unitBytes = buffer.offsetOf(1) - buffer.offsetOf(0);
  const limit = DELIMITED_ROW_BYTES_MAX / unitBytes;
  let at = 0;
  let quoted = false;
  let fieldStart = true;
  let justClosed = false;
  /** First line end inside an open quote, or -1. */
  let innerEnd = -1;
  let taken = 0;
  let skipFrom = -1;

  const take = (end: number, next: number, problem?: "limit" | "open", cut = false): RawRow => {
    const from = skipFrom >= 0 ? skipFrom : buffer.offsetOf(0);
    const row = { bytes: buffer.bytes(0, end), range: [from, buffer.offsetOf(next)] as const, cut };
    taken = next;
    at = 0;
    quoted = false;
    fieldStart = true;
    justClosed = false;
    innerEnd = -1;
    skipFrom = -1;
    return problem === undefined ? row : { ...row, problem };
  };

  /** Looks for the row's end. Returns its index, or -1. */
  const seekEnd = (): number => {
    const { units, length } = buffer;
    for (; at < length; at += 1) {
      const unit = units[at];
      if (quoted) {
        if (unit === quote) {
          quoted = false;
          justClosed = true;
          continue;
        }
        if (unit === LF && innerEnd < 0) innerEnd = at;
      } else if (unit === LF) return at;
      // A quote opens a field, or goes on with one as the second of two.
      else if (unit === quote && (fieldStart || justClosed)) quoted = true;
      justClosed = false;
      fieldStart = unit === delimiter;
    }
    return -1;
  };

  return {
    next(ended) {
      if (taken > 0) buffer.drop(taken);
      taken = 0;
      const end = seekEnd();
      if (end >= 0) return take(end, end + 1, skipFrom >= 0 || end > limit ? "limit" : undefined);
      if (buffer.length > limit) {
        if (innerEnd >= 0) return take(innerEnd, innerEnd + 1, "open");
        if (skipFrom < 0) skipFrom = buffer.offsetOf(0);
        buffer.drop(buffer.length);
        at = 0;
      }
      if (!ended || (buffer.endOffset === buffer.offsetOf(0) && skipFrom < 0)) return undefined;
      return take(buffer.length, buffer.length, skipFrom >= 0 ? "limit" : quoted ? "open" : undefined, true);
    },
  };
}
