import type { SnapshotChunk, SnapshotManifest } from "@tillsync/sync-protocol";
import { writeReference } from "../store/in-reference.ts";
import { endFirstLoad, isChunkApplied } from "../store/first-loads.ts";
import type { ReferenceStore } from "../store/reference-store.ts";
import { applyChunk, unpackChunk } from "./apply-chunk.ts";
import { fetchChunk, removeChunk, type ChunkDeps } from "./fetch-chunk.ts";

export interface LoadDeps extends ChunkDeps {
  readonly store: ReferenceStore;
  readonly monotonicMs: () => number;
}

/**
 * Loads what is not there yet of one snapshot: a chunk is fetched and unpacked while the one before is applied, so that two
 * are in memory at most. However often it is cut
 * off, the next call goes on at the byte where it was. When it returns, the scope stands at the position of its first
 * load and the rest comes by pulling. Throws `LineFailed`, `reference.chunk-damaged`, `store.*`.
 */
export async function loadSnapshot(deps: LoadDeps, manifest: SnapshotManifest): Promise<void> {
  const { collection, scope } = manifest;
  const { store } = deps;
  const begun = store.file;
  const open = manifest.chunks.filter(({ sha256 }) => !isChunkApplied(begun, collection, scope, sha256));
  const ended = new AbortController();
  const fetching: ChunkDeps = { ...deps, signal: AbortSignal.any([deps.signal, ended.signal]) };
  let coming = fetchNext(fetching, open[0]);
  try {
    for (const [i, chunk] of open.entries()) {
      const { plain, error } = await coming;
      if (plain === undefined) throw error;
      coming = fetchNext(fetching, open[i + 1]);
      await applyChunk(store, plain, { collection, scope, chunk }, { ...deps, begun }).finally(() => removeChunk(deps.dir, chunk.sha256));
    }
  } finally {
    // Two who write one file would spoil it: nothing is under way when this returns.
    ended.abort();
    await coming;
  }
  if (store.file === begun) writeReference(store, (file) => endFirstLoad(file, collection, scope));
}

interface Fetched {
  readonly plain: Buffer | undefined;
  readonly error?: unknown;
}

/** Never rejects: nobody listens before it is its turn. */
async function fetchNext(deps: ChunkDeps, chunk: SnapshotChunk | undefined): Promise<Fetched> {
  if (chunk === undefined) return { plain: undefined };
  try {
    const path = await fetchChunk(deps, chunk);
    try {
      return { plain: await unpackChunk(path, chunk) };
    } catch (error) {
      await removeChunk(deps.dir, chunk.sha256);
      throw error;
    }
  } catch (error) {
    return { plain: undefined, error };
  }
}
