import type { UnitBuffer } from "../../kit/bytes/unit-buffer.ts";
import { stepInside, stepSkipping } from "./scan-inside.ts";
import { stepOutside } from "./scan-outside.ts";
import { bad, drop, startScan, type Found, type ScanState, type Step, type Wrapper } from "./scan-state.ts";

export type { Found, Wrapper };

export interface RecordScanner {
  /** The next find, or `undefined` when more bytes are needed (or, after the end, when there is no more). Its bytes are a view: use them before the next call. */
  next(ended: boolean): Found | undefined;
  /** Where a later scan may start: nothing before it is unfinished. */
  safeOffset(): number;
  wrappers(): readonly Wrapper[];
  /** The last POSLog was closed, and nothing but space came after it. */
  isWhole(): boolean;
}

/**
 * Cuts a stream of XML into records: elements whose local name is `Transaction`, wherever they stand. It reads marks only
 * (tags, comments, CDATA, processing instructions), so that byte offsets are exact, memory is one record, and a record
 * that is broken ends where the next one begins: the good ones behind it are not lost. A `Transaction` inside a
 * `Transaction` of the same prefix therefore counts as the end of a broken one; POSLog never nests them.
 */
export function createRecordScanner(buffer: UnitBuffer, resumed: readonly Wrapper[] | undefined): RecordScanner {
  const state = startScan(buffer, resumed);
  return {
    next(ended) {
      if (state.finished) return undefined;
      for (;;) {
        const result = step(state, ended);
        if (typeof result === "object") return result;
        if (!result) return ended ? finish(state) : undefined;
      }
    },
    safeOffset() {
      if (state.mode === "refused" || !state.sawRoot) return state.doneTo;
      if (state.mode === "skipping") return state.stuckFrom;
      if (state.mark !== undefined) return state.mark.from;
      return state.junkFrom >= 0 ? state.junkFrom : buffer.offsetOf(state.mode === "inside" ? 0 : state.at);
    },
    wrappers: () => [...state.wrappers],
    isWhole: () =>
      state.closed &&
      state.mode === "outside" &&
      state.mark === undefined &&
      state.junkFrom < 0 &&
      buffer.endOffset === buffer.offsetOf(state.at),
  };
}

function step(state: ScanState, ended: boolean): Step {
  switch (state.mode) {
    case "outside":
      return stepOutside(state, ended);
    case "inside":
      return stepInside(state, ended);
    case "skipping":
      return stepSkipping(state);
    case "refused":
      drop(state, state.buffer.length);
      return false;
  }
}

/** What is left when the input has ended. `doneTo` stays: a grown file is read again from the safe offset. */
function finish(state: ScanState): Found | undefined {
  state.finished = true;
  const { buffer } = state;
  const end = buffer.endOffset;
  const doneTo = state.doneTo;
  const rest = (): Found | undefined => {
    if (state.mode === "refused") return bad(state, state.refusal, doneTo, end);
    if (state.mode === "skipping") return bad(state, "capture.limit", state.stuckFrom, end, "record");
    if (state.mode === "inside") return bad(state, "capture.truncated", buffer.offsetOf(0), end);
    if (state.junkFrom >= 0) return bad(state, "capture.malformed", state.junkFrom, end, "text between transactions");
    if (state.mark !== undefined) return bad(state, "capture.truncated", state.mark.from, end);
    if (end > buffer.offsetOf(0)) return bad(state, "capture.truncated", buffer.offsetOf(0), end);
    if (!state.sawRoot && end > doneTo) return bad(state, "capture.malformed", doneTo, end, "no POSLog");
    return state.wrappers.length > 0 ? bad(state, "capture.truncated", end, end, "the document is not closed") : undefined;
  };
  const found = rest();
  state.doneTo = doneTo;
  return found;
}
