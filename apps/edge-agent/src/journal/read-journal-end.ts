import { assert, decodeHlc, HLC_ZERO, type Hlc } from "@tillsync/sync-protocol";
import type { AgentStore, JournalEnd } from "../store/agent-store.ts";
import { sql } from "../store/sql.ts";
import { entryKey, seqOf } from "./entry-key.ts";

type Prepare = AgentStore["prepare"];

/** Where the newest epoch ends. Epoch 0: there is none yet. */
export function readJournalEnd(prepare: Prepare): JournalEnd {
  const newest = prepare<[], { epoch: number }>(sql`SELECT epoch FROM epoch ORDER BY epoch DESC LIMIT 1`).get();
  if (newest === undefined) return { epoch: 0, seq: 0, hash: new Uint8Array(0), hlc: HLC_ZERO };
  const { seq, hash } = readEpochEnd(prepare, newest.epoch);
  return { epoch: newest.epoch, seq, hash, hlc: readLastHlc(prepare) };
}

/** The last entry of an epoch, or its anchor where nothing is kept. */
export function readEpochEnd(prepare: Prepare, epoch: number): { seq: number; hash: Uint8Array } {
  const last = prepare<[number, number], { key: number; hash: Uint8Array }>(
    sql`SELECT key, hash FROM entry WHERE key BETWEEN ? AND ? ORDER BY key DESC LIMIT 1`,
  ).get(entryKey(epoch, 0), entryKey(epoch + 1, 0) - 1);
  if (last !== undefined) return { seq: seqOf(last.key), hash: last.hash };
  const anchor = readAnchor(prepare, epoch);
  assert(anchor !== undefined, "epoch is known");
  return anchor;
}

/** Where the kept part of an epoch begins: sequence and hash of the last entry that is gone; 0 and the genesis hash at first. */
export function readAnchor(prepare: Prepare, epoch: number): { seq: number; hash: Uint8Array } | undefined {
  const row = prepare<[number], { seq: number; hash: Uint8Array }>(
    sql`SELECT anchor_seq AS seq, anchor_hash AS hash FROM epoch WHERE epoch = ?`,
  ).get(epoch);
  return row;
}

/** The clock goes on from the newest entry of all. Pruning keeps the last entry of each epoch for this. */
function readLastHlc(prepare: Prepare): Hlc {
  const last = prepare<[], { line: Uint8Array }>(sql`SELECT line FROM entry ORDER BY key DESC LIMIT 1`).get();
  return last === undefined ? HLC_ZERO : lineHlc(last.line);
}

const HLC_IN_LINE = /^\{"seq":\d+,"hlc":"([0-9a-f.]+)"/;

/** The time of an entry, read from the start of its line without parsing the rest. */
export function lineHlc(line: Uint8Array): Hlc {
  const text = HLC_IN_LINE.exec(Buffer.from(line.buffer, line.byteOffset, Math.min(line.length, 80)).toString("latin1"))?.[1];
  assert(text !== undefined, "a line starts with seq and hlc");
  return decodeHlc(text);
}
