import {
  BATCH_BYTES_MAX,
  BATCH_ENTRIES_MAX,
  BATCH_MEDIA_TYPE,
  pushAckSchema,
  PATHS,
  seq as seqNumber,
  toHex,
  type EffectOf,
  type Head,
  type JournalKey,
  type PushHeader,
} from "@tillsync/sync-protocol";
import type { TerminalKey } from "../keys/key-files.ts";
import { signHead } from "../keys/sign-head.ts";
import type { BatchBuffer, BatchBuffers } from "./batch-buffer.ts";
import type { Compressor } from "./compressor.ts";
import { COMPRESS_BYTES_MIN, HEADER_BYTES_MAX, PUSH_DEADLINE_MS } from "./limits.ts";
import type { Happened, HelloDeps } from "./perform-hello.ts";
import { postAuthorised } from "./post-authorised.ts";

export interface PushDeps extends HelloDeps {
  readonly journalKey: TerminalKey<JournalKey>;
  readonly compressor: Compressor;
  readonly buffers: BatchBuffers;
}

/** A batch that was read, or why there is none. */
export type BatchToSend =
  | { readonly kind: "batch"; readonly buffer: BatchBuffer; readonly bytes: Uint8Array; readonly head: Head; readonly entries: number }
  | { readonly kind: "empty" }
  | { readonly kind: "pruned" };

/**
 * Reads the next entries and signs their head. Synchronous, so that the session hears of it before anything else
 * happens. The caller gives the batch to `performPush`, which gives its buffer back.
 */
export function readBatchToSend(deps: PushDeps, effect: EffectOf<"sendBatch">): BatchToSend {
  const { epoch, afterSeq } = effect;
  const bytesMax = Math.min(effect.bytesMax, BATCH_BYTES_MAX) - HEADER_BYTES_MAX;
  const range = { epoch, afterSeq, entriesMax: Math.min(effect.entriesMax, BATCH_ENTRIES_MAX), bytesMax };
  const buffer = deps.buffers.take();
  const read = deps.journal.readEntries(range, (line) => buffer.add(line));
  if (read.kind === "pruned" || read.entries === 0) {
    deps.buffers.giveBack(buffer);
    return { kind: read.kind === "pruned" ? "pruned" : "empty" };
  }
  const head: Head = { seq: seqNumber(afterSeq + read.entries), hash: toHex(read.lastHash) };
  const header: PushHeader = {
    version: 1,
    terminal: deps.terminal,
    epoch,
    firstSeq: seqNumber(afterSeq + 1),
    count: read.entries,
    previousHash: toHex(read.previousHash),
    head: { ...head, signature: signHead(deps.journalKey, epoch, head.seq, head.hash) },
    verdictsAfter: deps.journal.lastVerdict(),
  };
  return { kind: "batch", buffer, bytes: buffer.finish(header), head, entries: read.entries };
}

/** Compresses and sends a batch and tells what came of it. Does not throw for what the line or the cloud do. */
export async function performPush(
  deps: PushDeps,
  requestId: number,
  batch: Extract<BatchToSend, { kind: "batch" }>,
  signal: AbortSignal,
): Promise<Happened> {
  const { body, encoding } = await shrink(deps, batch);
  if (signal.aborted) return { kind: "requestFailed", requestId, failure: { code: "wire.unreachable" }, tookMs: 0 };
  const headers = { "content-type": BATCH_MEDIA_TYPE, accept: "application/json", ...encoding };
  const answer = await postAuthorised(deps, { path: PATHS.entries, headers, body, deadlineMs: PUSH_DEADLINE_MS, signal });
  const { tookMs } = answer;
  if (answer.kind === "failed") return { kind: "requestFailed", requestId, failure: answer.failure, tookMs };
  const ack = pushAckSchema.safeParse(answer.body);
  return ack.success
    ? { kind: "pushAnswered", requestId, ack: ack.data, tookMs }
    : { kind: "requestFailed", requestId, failure: { code: "wire.not-cloud" }, tookMs };
}

/** What travels has bytes of its own, so the batch's buffer is free for the next one at once. */
async function shrink(
  { compressor, buffers }: PushDeps,
  { bytes, buffer }: Extract<BatchToSend, { kind: "batch" }>,
): Promise<{ body: Uint8Array; encoding: Record<string, string> }> {
  try {
    if (bytes.length < COMPRESS_BYTES_MIN) return { body: Buffer.from(bytes), encoding: {} };
    return { body: await compressor.compress(bytes), encoding: { "content-encoding": "zstd" } };
  } finally {
    buffers.giveBack(buffer);
  }
}
