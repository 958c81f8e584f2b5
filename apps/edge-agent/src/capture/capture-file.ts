import { createHash } from "node:crypto";
import { basename } from "node:path";
import { TillsyncError, type ErrorBody } from "@tillsync/sync-protocol";
import type { DiskGuard } from "../health/disk-guard.ts";
import { openSourceFile, type SourceFile } from "../sources/open-file.ts";
import type { AgentStore } from "../store/agent-store.ts";
import { inTransaction } from "../store/in-transaction.ts";
import { keepDigest, knownDigest } from "./digest-ledger.ts";
import { hashPrefix } from "./hash-file.ts";
import { CHANGED_RETRIES_MAX } from "./limits.ts";
import type { Reader } from "./reader.ts";
import { beginReading, forgetReading } from "./readings.ts";
import { readPass } from "./read-pass.ts";
import { keepSetAside, settleFile } from "./set-aside.ts";
import { addSummary, emptySummary, type CaptureSummary } from "./summary.ts";

/** What a capture needs of the process that runs it. */
export interface CaptureDeps {
  readonly store: AgentStore;
  readonly guard: DiskGuard;
  /** True once the process wants to end: passes stop behind their next commit. */
  readonly stopping?: (() => boolean) | undefined;
}

export interface FileResult extends CaptureSummary {
  readonly path: string;
  /** The same content was read whole before, under this or another name. */
  readonly knownContent: boolean;
  readonly error?: ErrorBody["error"];
}

/** Source name of what is captured by command. */
export const ONE_OFF = "capture";

/**
 * Captures one file whole, once. The file itself is never touched. What fails comes back as a coded error in the
 * result, so that other files go on; `store.*` is thrown, since then nothing can be kept.
 */
export async function captureFile(deps: CaptureDeps, path: string, reader: Reader, bytesMax: number): Promise<FileResult> {
  const summary = emptySummary();
  try {
    for (let attempt = 0; attempt <= CHANGED_RETRIES_MAX; attempt += 1) {
      const outcome = await captureOnce(deps, path, reader, bytesMax, summary);
      if (outcome !== "changed") return { path, ...summary, knownContent: outcome === "known" };
    }
    throw new TillsyncError("source.changed", basename(path));
  } catch (cause) {
    if (!(cause instanceof TillsyncError) || cause.code.startsWith("store.")) throw cause;
    return { path, ...summary, knownContent: false, error: cause.toJSON().error };
  }
}

async function captureOnce(
  deps: CaptureDeps,
  path: string,
  reader: Reader,
  bytesMax: number,
  summary: CaptureSummary,
): Promise<"read" | "known" | "changed"> {
  const name = basename(path);
  const file = await openSourceFile(path, name);
  try {
    refuseUnfit(deps, file, name, reader, bytesMax, summary);
    const hash = await hashPrefix(file, file.size);
    if (hash === undefined) return "changed";
    const sha256 = hash.digest();
    const known = knownDigest(deps.store, sha256, reader.fingerprint);
    if (known !== undefined && !(await file.hasChanged())) {
      addSummary(summary, { ...emptySummary(), transactions: known, duplicates: known });
      return "known";
    }
    return await readWhole(deps, file, name, reader, sha256, summary);
  } finally {
    await file.close();
  }
}

async function readWhole(deps: CaptureDeps, file: SourceFile, name: string, reader: Reader, sha256: Buffer, summary: CaptureSummary) {
  const { store, guard } = deps;
  let found = 0;
  const result = await readPass({
    store,
    guard,
    file,
    origin: { source: ONE_OFF, name, reader, sha256: sha256.toString("base64url") },
    reading: () => beginReading(store, ONE_OFF, name, reader),
    resume: undefined,
    hash: createHash("sha256"),
    hashedTo: 0,
    mode: "ended",
    stopping: deps.stopping,
    keep: (progress, chunk, reading) => {
      found += chunk.transactions;
      if (!progress.ended) return;
      // A content that was read while it changed is not entered: it will be read again.
      if (sha256.equals(progress.prefixHash)) keepDigest(store, sha256, reader.fingerprint, found);
      if (!progress.truncated) settleFile(store, ONE_OFF, name);
      forgetReading(store, reading);
    },
  });
  if (result.kind === "changed") return "changed" as const;
  addSummary(summary, result.summary);
  if (result.kind === "failed") throw new TillsyncError("adapter.failed", name);
  if (result.kind === "stopped") throw new TillsyncError("agent.stopping", name);
  return "read" as const;
}

/** A file that is empty or past the limit is not read; its name and size are listed, and the file stays where it is. */
function refuseUnfit(deps: CaptureDeps, file: SourceFile, name: string, reader: Reader, bytesMax: number, summary: CaptureSummary): void {
  if (file.size > 0 && file.size <= bytesMax) return;
  const code = file.size === 0 ? "source.empty" : "source.too-large";
  const detail = file.size === 0 ? name : `${name}: ${file.size} bytes, limit ${bytesMax}`;
  setFileAside(deps, { source: ONE_OFF, name, reader, code, detail, size: file.size });
  summary.setAside += 1;
  throw new TillsyncError(code, detail);
}

export interface FileFault {
  readonly source: string;
  readonly name: string;
  readonly reader: Reader;
  readonly code: "source.empty" | "source.too-large" | "source.no-permission" | "source.not-file" | "source.not-found";
  readonly detail?: string;
  readonly size: number;
}

/** Lists a file that could not be read, by name and size. */
export function setFileAside(deps: CaptureDeps, fault: FileFault): void {
  deps.guard.run(() =>
    inTransaction(deps.store, () => {
      keepSetAside(deps.store, {
        source: fault.source,
        adapter: fault.reader.adapter,
        name: fault.name,
        code: fault.code,
        detail: fault.detail,
        bytes: new Uint8Array(0),
        bytesTotal: fault.size,
      });
    }),
  );
}
