import type { ErrorCode } from "@tillsync/sync-protocol";
import type { ByteRange } from "../../kit/adapter.ts";
import type { UnitBuffer } from "../../kit/bytes/unit-buffer.ts";
import { RECORD_BYTES_MAX } from "../../kit/limits.ts";
import { findText } from "./xml-marks.ts";

/** What the scanner finds, in the order of the file. */
export type Found =
  | { readonly kind: "record"; readonly bytes: Uint8Array; readonly range: ByteRange; readonly wrappers: readonly Wrapper[] }
  | { readonly kind: "bad"; readonly code: ErrorCode; readonly detail?: string; readonly range: ByteRange };

/** A find; or whether the scan can go on (`true`) or needs more bytes (`false`). */
export type Step = Found | boolean;

/** An element that is open around the records: its name and the bytes of its start tag, which carries namespaces. */
export interface Wrapper {
  readonly name: string;
  readonly tag: Uint8Array;
}

/**
 * Where a scan stands.
 *
 * - `outside`: between records; what has been read is dropped.
 * - `inside`: holding a record, which begins at unit 0 of the window.
 * - `skipping`: past the limit of a record, dropping until it ends.
 * - `refused`: nothing more is read; what is left is set aside as one.
 */
export interface ScanState {
  readonly buffer: UnitBuffer;
  readonly wrappers: Wrapper[];
  readonly unitBytes: number;
  mode: "outside" | "inside" | "skipping" | "refused";
  /** Next unit to look at; in `outside`, everything before it is done with. */
  at: number;
  /** Where the search for the end of a comment, CDATA or instruction inside a record goes on. */
  seekFrom: number;
  /** Qualified name of the open record. */
  recordName: string;
  /** End of a record that is one empty tag, or 0. */
  emptyEnd: number;
  /** Offset behind the last find: a refusal sets aside from here. */
  doneTo: number;
  /** First byte of a record past the limit. */
  stuckFrom: number;
  /** First byte of text between records, or -1. */
  junkFrom: number;
  /** A comment or the like between records that has no end yet: what ends it, and where it began. */
  mark: { readonly close: string; readonly from: number } | undefined;
  refusal: ErrorCode;
  sawRoot: boolean;
  /** The last tag was the end of an outermost POSLog. */
  closed: boolean;
  finished: boolean;
}

export const LT = 0x3c;
export const GT = 0x3e;
export const BANG = 0x21;
export const QUESTION = 0x3f;
export const SLASH = 0x2f;

export function startScan(buffer: UnitBuffer, resumed: readonly Wrapper[] | undefined): ScanState {
  return {
    buffer,
    wrappers: [...(resumed ?? [])],
    unitBytes: buffer.offsetOf(1) - buffer.offsetOf(0),
    mode: "outside",
    at: 0,
    seekFrom: 0,
    recordName: "",
    emptyEnd: 0,
    doneTo: buffer.offsetOf(0),
    stuckFrom: -1,
    junkFrom: -1,
    mark: undefined,
    refusal: "capture.dtd-refused",
    sawRoot: resumed !== undefined,
    closed: false,
    finished: false,
  };
}

/** A find that is set aside. */
export function bad(state: ScanState, code: ErrorCode, from: number, to: number, detail?: string): Found {
  state.doneTo = to;
  return detail === undefined ? { kind: "bad", code, range: [from, to] } : { kind: "bad", code, detail, range: [from, to] };
}

/** Forgets the first `count` units. The next one to look at is the first that is left. */
export function drop(state: ScanState, count: number): void {
  state.buffer.drop(count);
  state.at = 0;
  state.seekFrom = 0;
}

/** Drops up to `index` and waits for more bytes, keeping what is known of the search for an end. */
export function waitFrom(state: ScanState, index: number): false {
  const seek = state.seekFrom;
  drop(state, index);
  state.seekFrom = Math.max(0, seek - index);
  return false;
}

/** Reads nothing more of this source. */
export function refuse(state: ScanState, code: ErrorCode): true {
  state.refusal = code;
  state.mode = "refused";
  drop(state, state.buffer.length);
  return true;
}

/** Goes over to `skipping` when a record of `held` units, so far, is past the limit; else waits. */
export function overLimit(state: ScanState, held: number): boolean {
  if (held * state.unitBytes <= RECORD_BYTES_MAX) return false;
  state.stuckFrom = state.buffer.offsetOf(0);
  state.mode = "skipping";
  drop(state, state.at);
  return true;
}

const MARKS = [
  { open: "<?", close: "?>" },
  { open: "<!--", close: "-->" },
  { open: "<![CDATA[", close: "]]>" },
] as const;

/** Which of comment, CDATA section and processing instruction begins at `lt`: `wait` when too few units are there to say. */
export function markAt(state: ScanState, lt: number): (typeof MARKS)[number] | "wait" | undefined {
  const { units, length } = state.buffer;
  if (units[lt + 1] !== BANG && units[lt + 1] !== QUESTION) return undefined;
  for (const mark of MARKS) {
    const have = Math.min(mark.open.length, length - lt);
    if (findText(units, mark.open.slice(0, have), lt, lt + have) === lt) return have < mark.open.length ? "wait" : mark;
  }
  return undefined;
}

/** One past the end of the mark that begins at `lt` within a record; `wait` when it is not there yet; `undefined` for none. */
export function endOfMark(state: ScanState, lt: number): number | "wait" | undefined {
  const mark = markAt(state, lt);
  if (mark === "wait" || mark === undefined) return mark;
  const { units, length } = state.buffer;
  const end = findText(units, mark.close, Math.max(state.seekFrom, lt + mark.open.length), length);
  state.seekFrom = end >= 0 ? 0 : Math.max(lt + mark.open.length, length - mark.close.length + 1);
  return end >= 0 ? end + mark.close.length : "wait";
}
