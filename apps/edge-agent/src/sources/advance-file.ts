import { createHash, type Hash } from "node:crypto";
import { join } from "node:path";
import { equalBytes, TillsyncError } from "@tillsync/sync-protocol";
import { setFileAside } from "../capture/capture-file.ts";
import { keepDigest, knownDigest } from "../capture/digest-ledger.ts";
import type { PassOver } from "../journal/append-many.ts";
import { hashPrefix } from "../capture/hash-file.ts";
import { readPass, type PassMode, type PassResult } from "../capture/read-pass.ts";
import type { Reader } from "../capture/reader.ts";
import { beginReading, closeReading, findReading, keepProgress, type Reading } from "../capture/readings.ts";
import { settleFile } from "../capture/set-aside.ts";
import type { FolderSource } from "../config/config-schema.ts";
import { inTransaction } from "../store/in-transaction.ts";
import { openSourceFile, type SourceFile } from "./open-file.ts";
import type { SourceDeps } from "./source-deps.ts";

export type Advance = PassResult["kind"] | "known" | "unfit";

export interface AdvanceDeps extends SourceDeps {
  /** Told of each commit of what was read. */
  readonly onMoved?: () => void;
}

/**
 * Reads a file of a folder on from where it was left: from the checkpoint where it has only grown, from the start where
 * it was written anew. A content that was read whole before, under whatever name, is not read again. Throws `store.*`
 * (nothing moved) and `source.*` (the file cannot be opened).
 */
export async function advanceFile(deps: AdvanceDeps, source: FolderSource, reader: Reader, name: string, mode: PassMode): Promise<Advance> {
  const file = await openSourceFile(join(source.path, name), name);
  try {
    if (file.size === 0 || file.size > source.fileBytesMax) return refuse(deps, source, reader, name, file);
    const start = await findStart(deps, source, reader, name, file);
    if (start === "known") return "known";
    const result = await runPass(deps, source, reader, name, file, mode, start);
    if (result.kind === "failed") closeFailed(deps, result.reading, file, "adapter.failed");
    return result.kind;
  } finally {
    await file.close();
  }
}

interface Start {
  readonly reading: PassOver;
  readonly known: Reading | undefined;
  readonly hash: Hash;
}

async function findStart(deps: SourceDeps, source: FolderSource, reader: Reader, name: string, file: SourceFile): Promise<Start | "known"> {
  const { store, guard } = deps;
  const known = findReading(store, source.name, name);
  const grown = known !== undefined && equalBytes(known.reader, reader.fingerprint) ? await hashIfGrown(file, known) : undefined;
  if (grown !== undefined && known !== undefined && canResume(reader, known)) {
    // After an end that was taken for one, the last records may come again with more to them: that is a new pass.
    const reading = known.state === "open" ? known.id : () => beginReading(store, source.name, name, reader, known);
    return { reading, known, hash: grown };
  }
  const reading = (): number => beginReading(store, source.name, name, reader);
  const whole = await hashPrefix(file, file.size);
  if (whole !== undefined && knownDigest(store, whole.digest(), reader.fingerprint) !== undefined) {
    guard.run(() =>
      inTransaction(store, () => {
        closeReading(store, reading(), file, "done");
        settleFile(store, source.name, name);
      }),
    );
    return "known";
  }
  return { reading, known: undefined, hash: createHash("sha256") };
}

/** The running hash, when what was read of the file is still what it begins with. */
async function hashIfGrown(file: SourceFile, known: Reading): Promise<Hash | undefined> {
  if (known.checkpoint === undefined || file.size < known.hashedTo) return undefined;
  const hash = await hashPrefix(file, known.hashedTo);
  return hash !== undefined && equalBytes(hash.copy().digest(), known.prefixHash) ? hash : undefined;
}

/** An adapter refuses a checkpoint of another version; then the file is read from its start, and natural keys tell. */
function canResume(reader: Reader, known: Reading): boolean {
  try {
    reader.open(known.checkpoint);
    return true;
  } catch {
    return false;
  }
}

function runPass(
  deps: AdvanceDeps,
  source: FolderSource,
  reader: Reader,
  name: string,
  file: SourceFile,
  mode: PassMode,
  start: Start,
): Promise<PassResult> {
  const { store, guard } = deps;
  let found = start.known?.transactions ?? 0;
  return readPass({
    store,
    guard,
    file,
    origin: { source: source.name, name, reader },
    reading: start.reading,
    resume: start.known?.checkpoint,
    hash: start.hash,
    hashedTo: start.known?.hashedTo ?? 0,
    mode,
    stopping: deps.stopping,
    keep: (progress, summary, reading) => {
      deps.onMoved?.();
      found += summary.transactions;
      keepProgress(store, reading, file, progress, summary.transactions);
      if (!progress.ended) return;
      keepDigest(store, progress.prefixHash, reader.fingerprint, found);
      if (!progress.truncated) settleFile(store, source.name, name);
    },
  });
}

function refuse(deps: SourceDeps, source: FolderSource, reader: Reader, name: string, file: SourceFile): "unfit" {
  const code = file.size === 0 ? "source.empty" : "source.too-large";
  const detail = file.size === 0 ? name : `${name}: ${file.size} bytes, limit ${source.fileBytesMax}`;
  setFileAside(deps, { source: source.name, name, reader, code, detail, size: file.size });
  const reading = findReading(deps.store, source.name, name)?.id ?? (() => beginReading(deps.store, source.name, name, reader));
  closeFailed(deps, reading, file, code);
  return "unfit";
}

function closeFailed(deps: SourceDeps, reading: PassOver, file: { size: number; mtimeMs: number }, code: TillsyncError["code"]): void {
  deps.guard.run(() =>
    inTransaction(deps.store, () => closeReading(deps.store, typeof reading === "number" ? reading : reading(), file, "failed", code)),
  );
}
