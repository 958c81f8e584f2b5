import type { ByteRange } from "../../kit/adapter.ts";
import { RECORD_BYTES_MAX } from "../../kit/limits.ts";
import {
  bad,
  BANG,
  drop,
  endOfMark,
  GT,
  LT,
  overLimit,
  QUESTION,
  refuse,
  SLASH,
  waitFrom,
  type Found,
  type ScanState,
  type Step,
} from "./scan-state.ts";
import { findChar, matchesName } from "./xml-marks.ts";

/** Steps through a record from `<` to `<` until it ends, breaks off, or needs more bytes. */
export function stepInside(state: ScanState, ended: boolean): Step {
  if (state.emptyEnd > 0) return takeRecord(state, state.emptyEnd);
  const { units, length } = state.buffer;
  const outer = state.wrappers.at(-1)?.name;
  const ahead = 4 + Math.max(state.recordName.length, outer?.length ?? 0);
  const first = state.recordName.charCodeAt(0);
  for (;;) {
    const lt = findChar(units, LT, state.at, length);
    state.at = lt < 0 ? length : lt;
    if (lt < 0 || (length - lt < ahead && !ended)) return overLimit(state, length);
    const second = units[lt + 1];
    if (second === BANG || second === QUESTION) {
      const mark = endOfMark(state, lt);
      if (mark === "wait") return overLimit(state, length);
      if (mark === undefined) return refuse(state, "capture.dtd-refused");
      state.at = mark;
      continue;
    }
    if (second === SLASH) {
      if (matchesName(units, lt + 2, state.recordName)) {
        const gt = findChar(units, GT, lt, length);
        return gt < 0 ? overLimit(state, length) : takeRecord(state, gt + 1);
      }
      if (outer !== undefined && matchesName(units, lt + 2, outer)) return breakOff(state, lt);
    } else if (second === first && matchesName(units, lt + 1, state.recordName)) return breakOff(state, lt);
    state.at = lt + 1;
  }
}

function takeRecord(state: ScanState, end: number): Found {
  const { buffer } = state;
  const range: ByteRange = [buffer.offsetOf(0), buffer.offsetOf(end)];
  state.mode = "outside";
  state.emptyEnd = 0;
  state.at = end;
  if (end * state.unitBytes > RECORD_BYTES_MAX) return bad(state, "capture.limit", range[0], range[1], "record");
  state.doneTo = range[1];
  return { kind: "record", bytes: buffer.bytes(0, end), range, wrappers: [...state.wrappers] };
}

/** A record that ends where the next one, or the end of the document, begins. */
function breakOff(state: ScanState, lt: number): Found {
  state.mode = "outside";
  state.at = lt;
  return bad(state, "capture.malformed", state.buffer.offsetOf(0), state.buffer.offsetOf(lt), "transaction without end");
}

/** Drops a record that is past the limit, up to its end or the beginning of the next. */
export function stepSkipping(state: ScanState): Step {
  const { units, length } = state.buffer;
  const outer = state.wrappers.at(-1)?.name;
  const ahead = 4 + Math.max(state.recordName.length, outer?.length ?? 0);
  for (;;) {
    const lt = findChar(units, LT, state.at, length);
    if (lt < 0) {
      drop(state, length);
      return false;
    }
    state.at = lt;
    if (length - lt < ahead) return waitFrom(state, lt);
    const ends = units[lt + 1] === SLASH;
    const own = matchesName(units, lt + (ends ? 2 : 1), state.recordName);
    if (ends && own) {
      const gt = findChar(units, GT, lt, length);
      return gt < 0 ? waitFrom(state, lt) : leaveSkipping(state, gt + 1);
    }
    if (own || (ends && outer !== undefined && matchesName(units, lt + 2, outer))) return leaveSkipping(state, lt);
    state.at = lt + 1;
  }
}

function leaveSkipping(state: ScanState, to: number): Found {
  state.mode = "outside";
  state.at = to;
  return bad(state, "capture.limit", state.stuckFrom, state.buffer.offsetOf(to), "record");
}
