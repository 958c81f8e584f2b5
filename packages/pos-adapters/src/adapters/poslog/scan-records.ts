import type { ErrorCode } from "@tillsync/sync-protocol";
import type { ByteRange } from "../../kit/adapter.ts";
import type { UnitBuffer } from "../../kit/bytes/unit-buffer.ts";
import { RECORD_BYTES_MAX, XML_WRAPPERS_MAX, XML_WRAPPER_BYTES_MAX } from "../../kit/limits.ts";
import { findChar, findTagEnd, findText, isBlank, localName, matchesName, readName } from "./xml-marks.ts";

/** What the scanner finds, in the order of the file. */
export type Found =
  | { readonly kind: "record"; readonly bytes: Uint8Array; readonly range: ByteRange; readonly wrappers: readonly Wrapper[] }
  | { readonly kind: "bad"; readonly code: ErrorCode; readonly detail?: string; readonly range: ByteRange };

export interface RecordScanner {
  /** The next find, or `undefined` when more bytes are needed (or, after the end, when there is no more). Its bytes are a view: use them before the next call. */
  next(ended: boolean): Found | undefined;
  /** Where a later scan may start: nothing before it is unfinished. */
  safeOffset(): number;
  wrappers(): readonly Wrapper[];
}

/** An element that is open around the records: its name and the bytes of its start tag, which carries namespaces. */
export interface Wrapper {
  readonly name: string;
  readonly tag: Uint8Array;
}

const LT = 0x3c;
const BANG = 0x21;
const QUESTION = 0x3f;
const SLASH = 0x2f;
const LOOK_AHEAD = 9;

/**
 * Cuts a stream of XML into records: elements whose local name is `Transaction`, wherever they stand. It reads marks only
 * (tags, comments, CDATA, processing instructions), so that byte offsets are exact, memory is one record, and a record
 * that is broken ends where the next one begins: the good ones behind it are not lost. A `Transaction` directly inside a
 * `Transaction` therefore counts as the end of a broken one; POSLog never nests them.
 *
 * States: `outside` (dropping what it has read), `inside` (holding a record), `skipping` (past the limit of a record),
 * `refused` (a document type was seen: nothing more is read, and what is left is set aside as one).
 */
export function createRecordScanner(buffer: UnitBuffer, resumed: readonly Wrapper[] | undefined): RecordScanner {
  const wrappers: Wrapper[] = [...(resumed ?? [])];
  let state: "outside" | "inside" | "skipping" | "refused" = "outside";
  /** Next unit to look at; everything before it in `outside` is done with. */
  let at = 0;
  /** Where the search for the end of a comment, CDATA or instruction goes on. */
  let seekFrom = 0;
  let recordName = "";
  /** End of a record that is one empty tag, or 0. */
  let emptyEnd = 0;
  /** Offset behind the last find; a refusal sets aside from here. */
  let doneTo = buffer.offsetOf(0);
  let stuckFrom = -1;
  let junkFrom = -1;
  let refusal: ErrorCode = "capture.dtd-refused";
  let sawRoot = resumed !== undefined;
  let finished = false;

  const bad = (code: ErrorCode, from: number, to: number, detail?: string): Found => {
    doneTo = to;
    return detail === undefined ? { kind: "bad", code, range: [from, to] } : { kind: "bad", code, detail, range: [from, to] };
  };
  const drop = (count: number): void => {
    buffer.drop(count);
    at = 0;
    seekFrom = 0;
  };

  const endOfMark = (lt: number, ended: boolean): number | "wait" | "open" | undefined => {
    const { units, length } = buffer;
    const second = units[lt + 1];
    if (second !== BANG && second !== QUESTION) return undefined;
    if (length - lt < LOOK_AHEAD && !ended) return "wait";
    const close =
      second === QUESTION
        ? "?>"
        : findText(units, "<!--", lt, lt + 4) === lt
          ? "-->"
          : findText(units, "<![CDATA[", lt, lt + 9) === lt
            ? "]]>"
            : "";
    if (close === "") return undefined;
    const end = findText(units, close, Math.max(seekFrom, lt + (close === "?>" ? 2 : close === "-->" ? 4 : 9)), length);
    if (end >= 0) return end + close.length;
    seekFrom = Math.max(lt + 2, length - close.length + 1);
    return ended ? "open" : "wait";
  };

  /** Between records. Returns `true` to go on, `false` to wait. */
  const stepOutside = (ended: boolean): Found | boolean => {
    const { units, length } = buffer;
    const lt = findChar(units, LT, at, length);
    const textEnd = lt < 0 ? length : lt;
    if (junkFrom < 0 && (wrappers.length === 0 || localName(wrappers.at(-1)?.name ?? "") === "POSLog")) {
      for (let i = at; i < textEnd; i += 1) {
        if (isBlank(units[i])) continue;
        junkFrom = buffer.offsetOf(i);
        break;
      }
    }
    if (lt < 0) {
      drop(length);
      return false;
    }
    if (junkFrom >= 0) {
      const from = junkFrom;
      const to = buffer.offsetOf(lt);
      junkFrom = -1;
      at = lt;
      return bad("capture.malformed", from, to, "text between transactions");
    }
    if (length - lt < 2 && !ended) return keepFrom(lt);
    const mark = endOfMark(lt, ended);
    if (mark === "wait" || mark === "open") return keepFrom(lt);
    if (mark !== undefined) {
      drop(mark);
      return true;
    }
    if (units[lt + 1] === BANG) return refuse("capture.dtd-refused");
    return readTag(lt, ended);
  };

  const keepFrom = (index: number): false => {
    const seek = seekFrom;
    drop(index);
    seekFrom = Math.max(0, seek - index);
    return false;
  };

  const refuse = (code: ErrorCode): true => {
    refusal = code;
    state = "refused";
    drop(buffer.length);
    return true;
  };

  const readTag = (lt: number, ended: boolean): boolean => {
    const { units, length } = buffer;
    const gt = findTagEnd(units, lt + 1, length);
    if (gt < 0) {
      if (!ended && length - lt > XML_WRAPPER_BYTES_MAX) return refuse("capture.too-complex");
      return keepFrom(lt);
    }
    if (units[lt + 1] === SLASH) {
      const name = readName(units, lt + 2);
      const open = wrappers.findLastIndex((wrapper) => wrapper.name === name);
      if (open >= 0) wrappers.length = open;
      drop(gt + 1);
      return true;
    }
    const name = readName(units, lt + 1);
    if (localName(name) === "Transaction") {
      const isEmpty = units[gt - 1] === SLASH;
      drop(lt);
      recordName = name;
      state = "inside";
      sawRoot = true;
      at = gt + 1 - lt;
      emptyEnd = isEmpty ? at : 0;
      return true;
    }
    if (localName(name) === "POSLog") {
      sawRoot = true;
      const open = wrappers.findIndex((wrapper) => localName(wrapper.name) === "POSLog");
      if (open >= 0) wrappers.length = open;
    }
    if (units[gt - 1] !== SLASH) {
      if (wrappers.length >= XML_WRAPPERS_MAX) return refuse("capture.too-complex");
      wrappers.push({ name, tag: buffer.bytes(lt, gt + 1).slice() });
    }
    drop(gt + 1);
    return true;
  };

  /** Within a record that begins at unit 0 of the window. */
  const stepInside = (ended: boolean): Found | boolean => {
    const { units, length } = buffer;
    if (emptyEnd > 0) return takeRecord(emptyEnd);
    const first = recordName.charCodeAt(0);
    const outer = wrappers.at(-1)?.name;
    for (;;) {
      const lt = findChar(units, LT, at, length);
      if (lt < 0) {
        at = length;
        return overLimit(length);
      }
      at = lt;
      if (length - lt < 3 + Math.max(recordName.length, outer?.length ?? 0) + 1 && !ended) return overLimit(length);
      const second = units[lt + 1];
      if (second === BANG || second === QUESTION) {
        const mark = endOfMark(lt, ended);
        if (mark === "wait" || mark === "open") return overLimit(length);
        if (mark === undefined) return refuse("capture.dtd-refused");
        at = mark;
        seekFrom = 0;
        continue;
      }
      if (second === SLASH) {
        if (matchesName(units, lt + 2, recordName)) {
          const gt = findChar(units, 0x3e, lt, length);
          return gt < 0 ? overLimit(length) : takeRecord(gt + 1);
        }
        if (outer !== undefined && matchesName(units, lt + 2, outer)) return breakOff(lt);
      } else if (second === first && lt > 0 && matchesName(units, lt + 1, recordName)) return breakOff(lt);
      at = lt + 1;
      if (at * unitBytes > RECORD_BYTES_MAX) return overLimit(at);
    }
  };
  const unitBytes = buffer.offsetOf(1) - buffer.offsetOf(0);

  const takeRecord = (end: number): Found => {
    const range: ByteRange = [buffer.offsetOf(0), buffer.offsetOf(end)];
    state = "outside";
    emptyEnd = 0;
    at = end;
    doneTo = range[1];
    if (end * unitBytes > RECORD_BYTES_MAX) return bad("capture.limit", range[0], range[1], "record");
    return { kind: "record", bytes: buffer.bytes(0, end), range, wrappers: [...wrappers] };
  };
  const breakOff = (lt: number): Found => {
    const from = buffer.offsetOf(0);
    state = "outside";
    at = lt;
    return bad("capture.malformed", from, buffer.offsetOf(lt), "transaction without end");
  };
  const overLimit = (held: number): boolean => {
    if (held * unitBytes <= RECORD_BYTES_MAX) return false;
    stuckFrom = buffer.offsetOf(0);
    state = "skipping";
    drop(at);
    return true;
  };

  const stepSkipping = (): Found | boolean => {
    const { units, length } = buffer;
    const outer = wrappers.at(-1)?.name;
    for (;;) {
      const lt = findChar(units, LT, at, length);
      if (lt < 0) {
        drop(length);
        return false;
      }
      at = lt;
      if (length - lt < 3 + Math.max(recordName.length, outer?.length ?? 0)) return keepFrom(lt);
      const ends = units[lt + 1] === SLASH;
      const own = matchesName(units, lt + (ends ? 2 : 1), recordName);
      if (ends && own) {
        const gt = findChar(units, 0x3e, lt, length);
        return gt < 0 ? keepFrom(lt) : leaveSkipping(gt + 1);
      }
      if (own || (ends && outer !== undefined && matchesName(units, lt + 2, outer))) return leaveSkipping(lt);
      at = lt + 1;
    }
  };
  const leaveSkipping = (to: number): Found => {
    state = "outside";
    at = to;
    return bad("capture.limit", stuckFrom, buffer.offsetOf(to), "record");
  };

  const finish = (): Found | undefined => {
    if (finished) return undefined;
    finished = true;
    const end = buffer.endOffset;
    if (state === "refused") return bad(refusal, doneTo, end);
    if (state === "skipping") return bad("capture.limit", stuckFrom, end, "record");
    if (state === "inside") return { kind: "bad", code: "capture.truncated", range: [buffer.offsetOf(0), end] };
    if (junkFrom >= 0) return { kind: "bad", code: "capture.malformed", detail: "text between transactions", range: [junkFrom, end] };
    if (buffer.endOffset > buffer.offsetOf(0)) return { kind: "bad", code: "capture.truncated", range: [buffer.offsetOf(0), end] };
    if (wrappers.length > 0) return { kind: "bad", code: "capture.truncated", detail: "the document is not closed", range: [end, end] };
    if (!sawRoot && end > 0) return { kind: "bad", code: "capture.malformed", detail: "no POSLog", range: [doneTo, end] };
    return undefined;
  };

  const step = (ended: boolean): Found | boolean => {
    if (state === "outside") {
      if (at > 0) drop(at);
      return stepOutside(ended);
    }
    if (state === "inside") return stepInside(ended);
    if (state === "skipping") return stepSkipping();
    drop(buffer.length);
    return false;
  };

  return {
    next(ended) {
      if (finished) return undefined;
      for (;;) {
        const result = step(ended);
        if (typeof result === "object") return result;
        if (!result) return ended ? finish() : undefined;
      }
    },
    safeOffset() {
      if (state === "refused" || !sawRoot) return doneTo;
      if (state === "skipping") return stuckFrom;
      return junkFrom >= 0 ? junkFrom : buffer.offsetOf(state === "inside" ? 0 : at);
    },
    wrappers: () => [...wrappers],
  };
}
