import type { Hash } from "node:crypto";
import type { AdapterOutput, Checkpoint, ParseSession } from "@tillsync/pos-adapters";
import type { SourceFile } from "../sources/open-file.ts";
import type { AgentStore } from "../store/agent-store.ts";
import type { DiskGuard } from "../health/disk-guard.ts";
import type { PassOver } from "../journal/append-many.ts";
import { inTransaction } from "../store/in-transaction.ts";
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
 * on. In both, the end of a whole document is an end. `resting`: its end is an end, unless that is in the middle of a record. `ended`: its end is an end.
 */
export type PassMode = "growing" | "settled" | "resting" | "ended";

export interface Pass {
  readonly store: AgentStore;
  readonly guard: DiskGuard;
  readonly file: SourceFile;
  readonly origin: Origin;
  /** The pass that goes on, or what begins it: done with its first commit. */
  readonly reading: PassOver;
  readonly resume: Checkpoint | undefined;
  /** Of the file's first `hashedTo` bytes; goes on with the pass. */
  readonly hash: Hash;
  readonly hashedTo: number;
  readonly mode: PassMode;
  readonly stopping?: (() => boolean) | undefined;
  /** Inside the transaction of each commit. */
  readonly keep: (progress: Progress, summary: CaptureSummary, reading: number) => void;
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
  | { readonly kind: "failed"; readonly summary: CaptureSummary; readonly reading: PassOver };

/**
 * Reads a file from a checkpoint to the size it had when it was opened, chunk by chunk: each chunk's transactions, what
 * was set aside and the new position are one commit. Memory holds one chunk and one record. Throws `store.*`; the
 * position is then that of the last commit.
 */
export async function readPass(pass: Pass): Promise<PassResult> {
  const run = startRun(pass);
  const buffer = new Uint8Array(Math.min(CHUNK_BYTES, pass.file.size));
  while (run.at < pass.file.size) {
    if (pass.stopping?.() === true) return leave(pass, run, "stopped");
    const wanted = Math.min(run.at === 0 ? FIRST_CHUNK_BYTES : buffer.length, pass.file.size - run.at);
    const read = await pass.file.read(buffer.subarray(0, wanted), run.at);
    if (read === 0) return leave(pass, run, "changed");
    const outcome = takeChunk(pass, run, buffer.subarray(0, read));
    if (outcome === "failed") return failed(run);
    if (outcome !== "taken") return { kind: outcome, summary: run.summary };
  }
  if (mayEnd(pass, run)) {
    if (!(await pass.file.hasChanged())) return takeEnd(pass, run);
    commit(pass, run);
    return { kind: "changed", summary: run.summary };
  }
  if (run.uncommitted) commit(pass, run);
  return { kind: "waiting", summary: run.summary };
}

/** A file that is let go of before its first commit is known all the same, so that its going would be noticed. */
function leave(pass: Pass, run: Run, kind: "changed" | "stopped"): PassResult {
  const { reading } = run;
  if (typeof reading === "function") pass.guard.run(() => inTransaction(pass.store, reading));
  return { kind, summary: run.summary };
}

const failed = ({ summary, reading }: Run): PassResult => ({ kind: "failed", summary, reading });

/** A whole document has ended with its last byte, also in a file that was written just now: whatever follows is another one. */
const mayEnd = ({ mode }: Pass, { session }: Run): boolean => mode === "resting" || mode === "ended" || session.isWhole?.() === true;

interface Run {
  readonly session: ParseSession;
  readonly summary: CaptureSummary;
  /** Next byte of the file to read. */
  at: number;
  hashedTo: number;
  before: Checkpoint;
  reading: PassOver;
  /** Outputs of the last chunk, which are committed with the file's end. */
  held: AdapterOutput[];
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
    reading: pass.reading,
    held: [],
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
  run.held = outputs;
  run.uncommitted = true;
  const isLast = run.at === pass.file.size;
  if (outputs.length > 0 && !(isLast && mayEnd(pass, run))) commit(pass, run);
  return "taken";
}

function takeEnd(pass: Pass, run: Run): PassResult {
  const outputs = callAdapter(() => run.session.end());
  if (outputs === undefined) {
    commit(pass, run);
    fail(pass, run);
    return failed(run);
  }
  const truncated = outputs.some((output) => output.kind === "set-aside" && output.code === "capture.truncated");
  if (truncated && pass.mode === "resting") {
    if (run.uncommitted) commit(pass, run);
    return { kind: "waiting", summary: run.summary };
  }
  run.held.push(...outputs);
  commit(pass, run, { truncated });
  return { kind: "ended", summary: run.summary, truncated };
}

/** Commits what is held, and how far the pass has come. */
function commit(pass: Pass, run: Run, end?: { truncated: boolean }): void {
  const checkpoint = run.session.checkpoint();
  commitOutputs(pass, run, run.held, {
    checkpoint,
    hashedTo: run.hashedTo,
    prefixHash: pass.hash.copy().digest(),
    ended: end !== undefined,
    truncated: end?.truncated ?? false,
  });
  run.before = checkpoint;
  run.held = [];
  run.uncommitted = false;
}

function commitOutputs(pass: Pass, run: Run, outputs: readonly AdapterOutput[], progress: Progress | undefined): void {
  const { store, guard, origin, file } = pass;
  const before = run.before.offset > 0 ? run.before : (progress?.checkpoint ?? run.before);
  const readMasked = readMaskedFrom(file, origin.reader);
  let begun: PassOver = run.reading;
  const alongside = (summary: CaptureSummary, reading: number): void => {
    begun = reading;
    if (progress !== undefined) pass.keep(progress, summary, reading);
  };
  addSummary(
    run.summary,
    guard.run(() => appendOutputs(store, { origin, reading: run.reading, outputs, before, readMasked, alongside })),
  );
  run.reading = begun;
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
