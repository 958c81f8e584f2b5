import type { Epoch, Seq, TerminalId } from "@tillsync/sync-protocol";

/** One entry of the event log. Its line is as the terminal wrote it; nobody has looked inside before it was stored. */
export interface LogEntry {
  readonly shard: string;
  /** Dense in its shard, from 1. */
  readonly pos: number;
  readonly terminal: TerminalId;
  readonly epoch: Epoch;
  readonly seq: Seq;
  /** Exact bytes, without the line feed. A view: it holds its whole segment in memory for as long as it lives. */
  readonly line: Uint8Array;
  /** When the batch was accepted, milliseconds since 1970 by the cloud's clock. */
  readonly receivedAtMs: number;
}

/** One accepted batch as it stands in the database, body included. */
export interface SegmentRow {
  readonly shard: string;
  readonly first_pos: number;
  readonly entries: number;
  readonly terminal_id: TerminalId;
  readonly epoch: Epoch;
  readonly first_seq: number;
  readonly received_at_ms: number;
  readonly encoding: "zstd" | "plain";
  readonly plain_bytes: number;
  readonly skip_lines: number;
  readonly body: Uint8Array;
}
