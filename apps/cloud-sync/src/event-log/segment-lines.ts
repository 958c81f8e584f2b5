import { zstdDecompressSync } from "node:zlib";
import { TillsyncError } from "@tillsync/sync-protocol";
import type { LogEntry, SegmentRow } from "./log-entry.ts";

const LINE_FEED = 0x0a;
/** zlib takes none smaller. */
const CHUNK_BYTES_MIN = 64;

/**
 * The lines of a stored segment, as views into one buffer. Throws `log.damaged` when the body does not decode or does
 * not hold the number of entries that was written beside it: the pair of the checks made when it was stored.
 */
export function segmentLines(row: SegmentRow): Uint8Array[] {
  const plain = decodeBody(row);
  const lines: Uint8Array[] = [];
  let start = 0;
  for (let line = 0; start < plain.length; line++) {
    const end = plain.indexOf(LINE_FEED, start);
    if (end < 0) break;
    if (line >= row.skip_lines) lines.push(plain.subarray(start, end));
    start = end + 1;
  }
  if (lines.length !== row.entries || start !== plain.length) throw damaged(row, `${lines.length} entries of ${row.entries}`);
  return lines;
}

export function segmentEntries(row: SegmentRow): LogEntry[] {
  return segmentLines(row).map((line, i) => ({
    shard: row.shard,
    pos: row.first_pos + i,
    terminal: row.terminal_id,
    epoch: row.epoch,
    seq: (row.first_seq + i) as LogEntry["seq"],
    line,
    receivedAtMs: row.received_at_ms,
  }));
}

function decodeBody(row: SegmentRow): Uint8Array {
  if (row.encoding === "plain") return row.body;
  try {
    return zstdDecompressSync(row.body, { maxOutputLength: row.plain_bytes, chunkSize: Math.max(row.plain_bytes, CHUNK_BYTES_MIN) });
  } catch (cause) {
    throw damaged(row, "body does not decode", cause);
  }
}

const damaged = (row: SegmentRow, what: string, cause?: unknown): TillsyncError =>
  new TillsyncError("log.damaged", `shard ${row.shard} position ${row.first_pos}: ${what}`, { cause });
