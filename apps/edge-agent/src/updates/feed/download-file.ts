import { createHash } from "node:crypto";
import { open, type FileHandle } from "node:fs/promises";
import { TillsyncError } from "@tillsync/sync-protocol";
import type { ReplicatorPorts } from "../../replicator/ports.ts";
import type { Release } from "../trust/release.ts";
import type { Feed } from "./feed.ts";
import { watchPace } from "./watch-pace.ts";

/** 50 MB pass a line of 64 kbit/s in two hours; what is left then goes on from where it stopped. */
const DOWNLOAD_DEADLINE_MS = 4 * 3_600_000;
const READ_BYTES = 256 * 1024;

export interface DownloadOptions {
  readonly feed: Feed;
  readonly file: Release["file"];
  /** Where the bytes are collected. What an earlier try brought is gone on from. */
  readonly path: string;
  readonly ports: Pick<ReplicatorPorts, "setTimer">;
  readonly signal: AbortSignal;
  readonly pace?: { readonly everyMs: number; readonly bytes: number };
}

/**
 * Fetches a release's file and syncs it to disk. When this returns, the file has the length and the hash that were
 * signed. Throws `update.unreachable`, with what came so far kept; `update.wrong-file`, and the file is emptied, so that
 * the next try begins anew.
 */
export async function downloadFile(options: DownloadOptions): Promise<void> {
  const { feed, file, path, ports } = options;
  const handle = await open(path, "a+", 0o600);
  const pace = watchPace(ports, DOWNLOAD_DEADLINE_MS, options.signal, options.pace);
  try {
    let { size } = await handle.stat();
    if (size > file.bytes) size = await empty(handle);
    let hash = createHash("sha256");
    await hashSoFar(handle, size, (chunk) => hash.update(chunk));
    if (size < file.bytes) {
      const opened = await feed.open(file.name, size, pace.signal);
      if (opened.fromByte !== size) {
        size = await empty(handle);
        hash = createHash("sha256");
      }
      for await (const chunk of opened.chunks) {
        size += chunk.length;
        // Not one byte past what was signed is kept.
        if (size > file.bytes) break;
        pace.came(chunk.length);
        hash.update(chunk);
        await handle.appendFile(chunk);
      }
    }
    await settle(handle, file, size, hash.digest("hex"));
  } catch (cause) {
    if (pace.signal.aborted) throw pace.signal.reason;
    throw translate(cause);
  } finally {
    pace.stop();
    await handle.close();
  }
}

async function settle(handle: FileHandle, file: Release["file"], size: number, sha256: string): Promise<void> {
  await handle.sync();
  if (size < file.bytes) throw new TillsyncError("update.unreachable", `${file.name}: ${size} of ${file.bytes} bytes`);
  if (size === file.bytes && sha256 === file.sha256) return;
  await empty(handle);
  throw new TillsyncError("update.wrong-file", `${file.name}: ${size > file.bytes ? "longer" : "another"} than signed`);
}

async function empty(handle: FileHandle): Promise<0> {
  await handle.truncate(0);
  return 0;
}

async function hashSoFar(handle: FileHandle, size: number, update: (chunk: Uint8Array) => void): Promise<void> {
  const buffer = Buffer.alloc(Math.min(READ_BYTES, Math.max(1, size)));
  for (let at = 0; at < size;) {
    const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, size - at), at);
    if (bytesRead === 0) return;
    update(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
}

/** A full disk is told as one. */
function translate(cause: unknown): unknown {
  if (cause instanceof TillsyncError) return cause;
  const { code } = cause as NodeJS.ErrnoException;
  if (code === "ENOSPC" || code === "EDQUOT") return new TillsyncError("store.disk-full", "an update's file", { cause });
  if (typeof code === "string") return new TillsyncError("update.unreachable", code, { cause });
  return cause;
}
