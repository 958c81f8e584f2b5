import type { Hash } from "node:crypto";
import type { AdapterOutput, Checkpoint, ParseSession } from "@tillsync/pos-adapters";
import type { SourceFile } from "../sources/open-file.ts";
import type { AgentStore } from "../store/agent-store.ts";
import type { DiskGuard } from "../health/disk-guard.ts";
import { appendOutputs, type Origin } from "./append-outputs.ts";
import { CHUNK_BYTES, FIRST_CHUNK_BYTES } from "./limits.ts";
import { readMaskedFrom } from "./read-masked.ts";
import { NOT_A_SALE } from "./set-aside.ts";
import { addSummary, emptySummary, type CaptureSummary } from "./summary.ts";

/** How far a pass has come, as it is kept with what it found. */
export interface Progress {
  readonly checkpoint: Checkpoint;
  /** The bytes that `prefixHash` covers: all that were read. */
  readonly hashedTo: number;
  readonly prefixHash: Uint8Array;
  /** The input was taken to have ended here. */
  readonly ended: boolean;
  /** The end was in the middle of a record. */
  readonly truncated: boolean;
}

/**
 * What the file's end is worth. `growing`: it may be in the middle of a write; complete transactions are taken, what
 * cannot be read may be half written and stops the pass. `settled`: what cannot be read is set aside, but the file goes
 * on. `resting`: its end is an end, unless that is in the middle of a record. `ended`: its end is an end.
 */
export type PassMode = "growing" | "settled" | "resting" | "ended";

export interface Pass {
  readonly store: AgentStore;
  readonly guard: DiskGuard;
  readonly file: SourceFile;
  readonly origin: Origin;
  readonly resume: Checkpoint | undefined;
  /** Of the file's first `hashedTo` bytes; goes on with the pass. */
  readonly hash: Hash;
  readonly hashedTo: number;
  readonly mode: PassMode;
  readonly stopping?: (() => boolean) | undefined;
  /** Inside the transaction of each commit. */
  readonly keep: (progress: Progress, summary: CaptureSummary) => void;
}

export type PassResult =
  | { readonly kind: "ended"; readonly summary: CaptureSummary; readonly truncated: boolean }
  /** All complete records were taken of a file that may still grow, or ends in the middle of one. */
  | { readonly kind: "waiting"; readonly summary: CaptureSummary }
  /** Something in a file that may still be written cannot be read; it is looked at again when the file rests. */
  | { readonly kind: "unclear"; readonly summary: CaptureSummary }
  /** The file moved under the reader. What was complete is kept; read it again. */
  | { readonly kind: "changed"; readonly summary: CaptureSummary }
  /** The process ends; what was read is committed. */
  | { readonly kind: "stopped"; readonly summary: CaptureSummary }
  /** The adapter threw. What it had not read is set aside. */
  | { readonly kind: "failed"; readonly summary: CaptureSummary };

/**
 * Reads a file from a checkpoint to the size it had when it was opened, chunk by chunk: each chunk's transactions, what
 * was set aside and the new position are one commit. Memory holds one chunk and one record. Throws `store.*`; the
 * position is then that of the last commit.
 */
export async function readPass(pass: Pass): Promise<PassResult> {
  const run = startRun(pass);
  const buffer = new Uint8Array(CHUNK_BYTES);
  while (run.at < pass.file.size) {
    if (pass.stopping?.() === true) return { kind: "stopped", summary: run.summary };
    const wanted = Math.min(run.at === 0 ? FIRST_CHUNK_BYTES : buffer.length, pass.file.size - run.at);
    const read = await pass.file.read(buffer.subarray(0, wanted), run.at);
    if (read === 0) return { kind: "changed", summary: run.summary };
    const outcome = takeChunk(pass, run, buffer.subarray(0, read));
    if (outcome !== "taken") return { kind: outcome, summary: run.summary };
  }
  if (run.uncommitted) commit(pass, run, []);
  if (pass.mode === "growing" || pass.mode === "settled") return { kind: "waiting", summary: run.summary };
  if (await pass.file.hasChanged()) return { kind: "changed", summary: run.summary };
  return takeEnd(pass, run);
}

interface Run {
  readonly session: ParseSession;
  readonly summary: CaptureSummary;
  /** Next byte of the file to read. */
  at: number;
  hashedTo: number;
  before: Checkpoint;
  uncommitted: boolean;
}

function startRun(pass: Pass): Run {
  const { resume } = pass;
  return {
    session: pass.origin.reader.open(resume),
    summary: emptySummary(),
    at: resume?.offset ?? 0,
    hashedTo: pass.hashedTo,
    before: resume ?? { offset: 0, state: null },
    uncommitted: false,
  };
}

function takeChunk(pass: Pass, run: Run, chunk: Uint8Array): "taken" | "unclear" | "failed" {
  const start = run.at;
  run.at += chunk.length;
  if (run.at > run.hashedTo) {
    pass.hash.update(chunk.subarray(Math.max(run.hashedTo - start, 0)));
    run.hashedTo = run.at;
  }
  const outputs = callAdapter(() => run.session.write(chunk));
  if (outputs === undefined) return fail(pass, run);
  const unclear = pass.mode !== "growing" ? -1 : outputs.findIndex((output) => output.kind === "set-aside" && output.code !== NOT_A_SALE);
  if (unclear >= 0) {
    // The position stays before this chunk: what is sure is taken now, and known for the same when it is read again.
    commitOutputs(
      pass,
      run,
      outputs.slice(0, unclear).filter((output) => output.kind === "transaction"),
      undefined,
    );
    return "unclear";
  }
  if (outputs.length > 0) commit(pass, run, outputs);
  else run.uncommitted = true;
  return "taken";
}

function takeEnd(pass: Pass, run: Run): PassResult {
  const outputs = callAdapter(() => run.session.end());
  if (outputs === undefined) return { kind: fail(pass, run), summary: run.summary };
  const truncated = outputs.some((output) => output.kind === "set-aside" && output.code === "capture.truncated");
  if (truncated && pass.mode === "resting") return { kind: "waiting", summary: run.summary };
  commit(pass, run, outputs, { truncated });
  return { kind: "ended", summary: run.summary, truncated };
}

function commit(pass: Pass, run: Run, outputs: readonly AdapterOutput[], end?: { truncated: boolean }): void {
  const checkpoint = run.session.checkpoint();
  commitOutputs(pass, run, outputs, {
    checkpoint,
    hashedTo: run.hashedTo,
    prefixHash: pass.hash.copy().digest(),
    ended: end !== undefined,
    truncated: end?.truncated ?? false,
  });
  run.before = checkpoint;
  run.uncommitted = false;
}

function commitOutputs(pass: Pass, run: Run, outputs: readonly AdapterOutput[], progress: Progress | undefined): void {
  const { store, guard, origin, file } = pass;
  const before = run.before.offset > 0 ? run.before : (progress?.checkpoint ?? run.before);
  const readMasked = readMaskedFrom(file, origin.reader);
  const alongside = (summary: CaptureSummary): void => {
    if (progress !== undefined) pass.keep(progress, summary);
  };
  addSummary(
    run.summary,
    guard.run(() => appendOutputs(store, { origin, outputs, before, readMasked, alongside })),
  );
}

/** An adapter promises never to throw on bytes; if one does, the file is set aside from where it stood, and nothing else suffers. */
function fail(pass: Pass, run: Run): "failed" {
  commitOutputs(pass, run, [{ kind: "set-aside", code: "adapter.failed", range: [run.before.offset, pass.file.size] }], undefined);
  return "failed";
}

function callAdapter(call: () => Iterable<AdapterOutput>): AdapterOutput[] | undefined {
  try {
    return [...call()];
  } catch {
    return undefined;
  }
}
