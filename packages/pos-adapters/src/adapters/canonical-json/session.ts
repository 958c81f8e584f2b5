import { checkBalance, computeTotals, isRetail, readTransaction, TillsyncError, type Transaction } from "@tillsync/sync-protocol";
import type { Checkpoint, DraftOutput, ParseSession } from "../../kit/adapter.ts";
import { createDecoder } from "../../kit/bytes/encoding.ts";
import { createUnitBuffer, type UnitBuffer } from "../../kit/bytes/unit-buffer.ts";
import { JSON_LINE_BYTES_MAX } from "../../kit/limits.ts";
import { mapRecord, setAside } from "../../kit/record-error.ts";

const LF = 0x0a;
const decode = createDecoder("utf-8");

/** Where the reading of lines stands. */
interface LineState {
  readonly buffer: UnitBuffer;
  /** Units of the window that hold no line end. */
  searched: number;
  /** First byte of a line past the limit, whose end is still to come; or -1. */
  stuckFrom: number;
}

/** Reads NDJSON. A line is a record; a last line without its end counts when it is whole JSON. */
export function openSession(resume?: Checkpoint): ParseSession<DraftOutput> {
  const state: LineState = { buffer: createUnitBuffer("bytes", resume?.offset ?? 0), searched: 0, stuckFrom: -1 };
  return {
    write(chunk) {
      state.buffer.write(chunk);
      return takeLines(state);
    },
    end: () => [...takeLines(state), ...takeRest(state)],
    checkpoint: () => ({ offset: state.stuckFrom >= 0 ? state.stuckFrom : state.buffer.offsetOf(0), state: null }),
  };
}

function takeLines(state: LineState): DraftOutput[] {
  const { buffer } = state;
  const outputs: DraftOutput[] = [];
  // Lines are found first and dropped together: the window is moved once per chunk.
  let start = 0;
  for (;;) {
    const at = buffer.units.indexOf(LF, Math.max(start, state.searched));
    if (at < 0 || at >= buffer.length) break;
    const output = state.stuckFrom >= 0 ? tooLong(state, buffer.offsetOf(at + 1)) : readLine(buffer, start, at);
    if (output !== undefined) outputs.push(output);
    start = at + 1;
    state.searched = start;
  }
  buffer.drop(start);
  state.searched = buffer.length;
  if (buffer.length > JSON_LINE_BYTES_MAX && state.stuckFrom < 0) state.stuckFrom = buffer.offsetOf(0);
  if (state.stuckFrom >= 0) {
    buffer.drop(buffer.length);
    state.searched = 0;
  }
  return outputs;
}

function tooLong(state: LineState, end: number): DraftOutput {
  const output = setAside("capture.limit", [state.stuckFrom, end], "line");
  state.stuckFrom = -1;
  return output;
}

/** The rest stays in the window: a grown file is read again from its beginning. */
function takeRest(state: LineState): DraftOutput[] {
  const { buffer } = state;
  if (state.stuckFrom >= 0) return [setAside("capture.limit", [state.stuckFrom, buffer.endOffset], "line")];
  const output = readLine(buffer, 0, buffer.length);
  if (output === undefined) return [];
  const isCut = output.kind === "set-aside" && (output.code === "capture.malformed" || output.code === "capture.encoding");
  return [isCut ? setAside("capture.truncated", output.range) : output];
}

function readLine(buffer: UnitBuffer, start: number, end: number): DraftOutput | undefined {
  const bytes = buffer.bytes(start, end);
  if (bytes.every((byte) => byte === 0x20 || byte === 0x0d || byte === 0x09)) return undefined;
  const range = [buffer.offsetOf(start), buffer.offsetOf(end)] as const;
  if (bytes.length > JSON_LINE_BYTES_MAX) return setAside("capture.limit", range, "line");
  return mapRecord(range, () => {
    const text = decode(bytes);
    if (text === undefined) throw new TillsyncError("capture.encoding", "utf-8");
    return readRecord(text.startsWith("\ufeff") ? text.slice(1) : text);
  });
}

function readRecord(text: string): Transaction {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message quotes the text, which may hold anything.
    throw new TillsyncError("capture.malformed", "no JSON");
  }
  if (typeof value !== "object" || value === null) throw new TillsyncError("capture.malformed", "no object");
  const held = (value as { transaction?: unknown }).transaction;
  return withOwnSums(readOurs(withPlaceholders(held ?? value)));
}

/** A sender may leave out our own sums. They are made below, from what it sent. */
function withPlaceholders(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("lines" in value)) return value;
  const computed = { lines: "0", adjustments: "0", exclusiveTax: "0", grand: "0", tenders: "0" };
  return { computed, balance: { state: "unreported" }, ...value };
}

function readOurs(value: unknown): Transaction {
  try {
    return readTransaction(value);
  } catch (error) {
    if (error instanceof TillsyncError && error.code === "entry.invalid") throw new TillsyncError("capture.field-invalid", error.detail);
    throw error;
  }
}

/**
 * Sums and balance are ours and never taken from the sender. Only `unreported` stands where no tender is told: such a
 * document makes no statement that could be checked.
 */
function withOwnSums(transaction: Transaction): Transaction {
  if (!isRetail(transaction)) return transaction;
  const computed = computeTotals(transaction);
  const isUnstated = transaction.balance.state === "unreported" && transaction.tenders.length === 0;
  return { ...transaction, computed, balance: isUnstated ? transaction.balance : checkBalance(transaction, computed) };
}
