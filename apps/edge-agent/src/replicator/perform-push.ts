import { promisify } from "node:util";
import { constants, zstdCompress } from "node:zlib";
import {
  BATCH_BYTES_MAX,
  BATCH_ENTRIES_MAX,
  BATCH_MEDIA_TYPE,
  encodeBatch,
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
import { COMPRESS_BYTES_MIN, HEADER_BYTES_MAX, PUSH_DEADLINE_MS, ZSTD_LEVEL } from "./limits.ts";
import type { Happened, HelloDeps } from "./perform-hello.ts";
import { postAuthorised } from "./post-authorised.ts";

const compress = promisify(zstdCompress);

export interface PushDeps extends HelloDeps {
  readonly journalKey: TerminalKey<JournalKey>;
}

/** A batch that was read, or why there is none. */
export type BatchToSend =
  | { readonly kind: "batch"; readonly bytes: Uint8Array; readonly head: Head; readonly entries: number }
  | { readonly kind: "empty" }
  | { readonly kind: "pruned" };

/** Reads the next entries and signs their head. Synchronous, so that the session hears of it before anything else happens. */
export function readBatchToSend(deps: PushDeps, effect: EffectOf<"sendBatch">): BatchToSend {
  const { epoch, afterSeq } = effect;
  const bytesMax = Math.min(effect.bytesMax, BATCH_BYTES_MAX) - HEADER_BYTES_MAX;
  const read = deps.journal.readBatch({ epoch, afterSeq, entriesMax: Math.min(effect.entriesMax, BATCH_ENTRIES_MAX), bytesMax });
  if (read.kind === "pruned") return { kind: "pruned" };
  const { lines } = read;
  if (lines.length === 0) return { kind: "empty" };
  const head: Head = { seq: seqNumber(read.lastSeq), hash: toHex(read.lastHash) };
  const header: PushHeader = {
    version: 1,
    terminal: deps.terminal,
    epoch,
    firstSeq: seqNumber(afterSeq + 1),
    count: lines.length,
    previousHash: toHex(read.previousHash),
    head: { ...head, signature: signHead(deps.journalKey, epoch, head.seq, head.hash) },
    verdictsAfter: deps.journal.lastVerdict(),
  };
  return { kind: "batch", bytes: encodeBatch(header, lines), head, entries: lines.length };
}

/** Compresses and sends a batch and tells what came of it. Does not throw for what the line or the cloud do. */
export async function performPush(deps: PushDeps, requestId: number, bytes: Uint8Array, signal: AbortSignal): Promise<Happened> {
  const { body, encoding } = await shrink(bytes);
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

/** On libuv's threads: the sale that comes meanwhile does not wait for it. */
async function shrink(bytes: Uint8Array): Promise<{ body: Uint8Array; encoding: Record<string, string> }> {
  if (bytes.length < COMPRESS_BYTES_MIN) return { body: bytes, encoding: {} };
  const params = { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL };
  const body = await compress(bytes, { params, chunkSize: Math.max(1_024, Math.ceil(bytes.length / 4)) });
  return { body, encoding: { "content-encoding": "zstd" } };
}
