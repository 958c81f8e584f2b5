import { createHash } from "node:crypto";
import { open, mkdir, rm, stat, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { REFERENCE_PATHS, TillsyncError, type SnapshotChunk } from "@tillsync/sync-protocol";
import { LineFailed } from "../down/line-failed.ts";
import type { DownLine } from "../down/open-down-line.ts";
import { CHUNK_DEADLINE_MS, CHUNK_IDLE_MS, WRONG_HASH_MAX } from "../limits.ts";

/** Chunks on their way; each is removed once it was applied. */
const CHUNK_FOLDER = "reference-chunks";

export interface ChunkDeps {
  readonly dir: string;
  readonly line: DownLine;
  readonly signal: AbortSignal;
  /** Throws `store.disk-full` when so many bytes would leave too little for sales. */
  readonly reserve: (bytes: number) => void;
}

export const chunkPath = (dir: string, sha256: string): string => join(dir, CHUNK_FOLDER, sha256);

/**
 * Brings a chunk to `DIR/reference-chunks/HASH` and gives its path. Goes on behind the bytes that are there, however
 * the process ended before. Only a file whose bytes have the hash is given; another one is deleted and fetched
 * again, three times at most, then `reference.chunk-damaged`. Throws `LineFailed`, `store.disk-full`.
 */
export async function fetchChunk(deps: ChunkDeps, chunk: SnapshotChunk): Promise<string> {
  const path = chunkPath(deps.dir, chunk.sha256);
  await mkdir(join(deps.dir, CHUNK_FOLDER), { recursive: true, mode: 0o700 });
  for (let attempt = 1; attempt <= WRONG_HASH_MAX; attempt += 1) {
    deps.reserve(chunk.bytes);
    const file = await open(path, "a", 0o600);
    try {
      await fetchRest(deps, chunk, file, (await stat(path)).size);
    } finally {
      await file.close();
    }
    if ((await hashOf(path)) === chunk.sha256) return path;
    await rm(path, { force: true });
  }
  throw new TillsyncError("reference.chunk-damaged", chunk.sha256);
}

/** Chunks of first loads that are over, or of a cloud that is no longer ours. */
export const removeChunks = (dir: string): Promise<void> => rm(join(dir, CHUNK_FOLDER), { recursive: true, force: true });

export const removeChunk = (dir: string, sha256: string): Promise<void> => rm(chunkPath(dir, sha256), { force: true });

async function fetchRest({ line, signal }: ChunkDeps, chunk: SnapshotChunk, file: FileHandle, from: number): Promise<void> {
  // Longer than it should be: its hash will tell.
  if (from >= chunk.bytes) return;
  let at = from;
  await line.getBytes(
    {
      path: REFERENCE_PATHS.chunk(chunk.sha256),
      headers: from === 0 ? {} : { range: `bytes=${from}-` },
      idleMs: CHUNK_IDLE_MS,
      deadlineMs: CHUNK_DEADLINE_MS,
      signal,
    },
    async ({ status, headers }) => {
      if (status === 206 && startOf(headers["content-range"]) === at) return;
      if (status !== 200) throw new LineFailed({ code: "wire.not-cloud", detail: `status ${status} for a range` });
      // The whole from its beginning: who answers knows no ranges.
      await file.truncate(0);
      at = 0;
    },
    async (bytes) => {
      at += bytes.length;
      if (at > chunk.bytes) throw new LineFailed({ code: "wire.too-large", detail: "a chunk is longer than it says" });
      await file.appendFile(bytes);
    },
  );
}

function startOf(range: string | string[] | undefined): number | undefined {
  const start = typeof range === "string" ? /^bytes (\d+)-/.exec(range)?.[1] : undefined;
  return start === undefined ? undefined : Number(start);
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  const file = await open(path, "r");
  for await (const bytes of file.createReadStream()) hash.update(bytes as Uint8Array);
  return hash.digest("hex");
}
