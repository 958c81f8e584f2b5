import { XML_WRAPPER_BYTES_MAX, XML_WRAPPERS_MAX } from "../../kit/limits.ts";
import { bad, BANG, drop, LT, markAt, refuse, SLASH, waitFrom, type ScanState, type Step } from "./scan-state.ts";
import { findChar, findTagEnd, findText, isBlank, localName, readName } from "./xml-marks.ts";

/** One step between records: text, a mark, or a tag. */
export function stepOutside(state: ScanState, ended: boolean): Step {
  if (state.at > 0) drop(state, state.at);
  if (state.mark !== undefined) return passMark(state);
  const { units, length } = state.buffer;
  const lt = findChar(units, LT, 0, length);
  noteJunk(state, lt < 0 ? length : lt);
  if (lt < 0) {
    drop(state, length);
    return false;
  }
  if (state.junkFrom >= 0) {
    const from = state.junkFrom;
    state.junkFrom = -1;
    state.at = lt;
    return bad(state, "capture.malformed", from, state.buffer.offsetOf(lt), "text between transactions");
  }
  if (length - lt < 2) return waitFrom(state, lt);
  const mark = markAt(state, lt);
  if (mark === "wait") return waitFrom(state, lt);
  if (mark !== undefined) {
    state.mark = { close: mark.close, from: state.buffer.offsetOf(lt) };
    drop(state, lt + mark.open.length);
    return true;
  }
  return units[lt + 1] === BANG ? refuse(state, "capture.dtd-refused") : readTag(state, lt, ended);
}

/** Text directly in the POSLog, or outside of everything, belongs to no element: nothing there may be lost in silence. */
function noteJunk(state: ScanState, end: number): void {
  const around = state.wrappers.at(-1);
  if (state.junkFrom >= 0 || (around !== undefined && localName(around.name) !== "POSLog")) return;
  for (let i = 0; i < end; i += 1) {
    if (isBlank(state.buffer.units[i])) continue;
    state.junkFrom = state.buffer.offsetOf(i);
    return;
  }
}

/** Comments between records may be of any length: only their end is waited for. */
function passMark(state: ScanState): Step {
  const { mark } = state;
  if (mark === undefined) return true;
  const { units, length } = state.buffer;
  const end = findText(units, mark.close, 0, length);
  if (end < 0) return waitFrom(state, Math.max(0, length - mark.close.length + 1));
  state.mark = undefined;
  drop(state, end + mark.close.length);
  return true;
}

function readTag(state: ScanState, lt: number, ended: boolean): boolean {
  const { units, length } = state.buffer;
  const gt = findTagEnd(units, lt + 1, length);
  if (gt < 0) return !ended && length - lt > XML_WRAPPER_BYTES_MAX ? refuse(state, "capture.too-complex") : waitFrom(state, lt);
  if (units[lt + 1] === SLASH) {
    const closed = readName(units, lt + 2);
    const open = state.wrappers.findLastIndex((wrapper) => wrapper.name === closed);
    if (open >= 0) state.wrappers.length = open;
    state.closed = open === 0 && localName(closed) === "POSLog";
    drop(state, gt + 1);
    return true;
  }
  state.closed = false;
  const name = readName(units, lt + 1);
  const isEmpty = units[gt - 1] === SLASH;
  if (localName(name) === "Transaction") {
    drop(state, lt);
    Object.assign(state, { recordName: name, mode: "inside", sawRoot: true, at: gt + 1 - lt, emptyEnd: isEmpty ? gt + 1 - lt : 0 });
    return true;
  }
  if (localName(name) === "POSLog") startDocument(state);
  if (!isEmpty) {
    if (state.wrappers.length >= XML_WRAPPERS_MAX) return refuse(state, "capture.too-complex");
    state.wrappers.push({ name, tag: state.buffer.bytes(lt, gt + 1).slice() });
  }
  drop(state, gt + 1);
  return true;
}

/** Some exporters append whole documents to one file, also after one that they did not close. */
function startDocument(state: ScanState): void {
  state.sawRoot = true;
  const open = state.wrappers.findIndex((wrapper) => localName(wrapper.name) === "POSLog");
  if (open >= 0) state.wrappers.length = open;
}
