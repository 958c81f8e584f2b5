import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { zstdDecompress } from "node:zlib";
import {
  CHUNK_PLAIN_BYTES_MAX,
  TillsyncError,
  type Collection,
  type Scope,
  type SnapshotChunk,
  type WireDocument,
} from "@tillsync/sync-protocol";
import { applyInSlices } from "../store/apply-in-slices.ts";
import { markChunkApplied } from "../store/first-loads.ts";
import type { ReferenceFile, ReferenceStore } from "../store/reference-store.ts";
import type { IncomingDocument } from "../store/write-documents.ts";

const decompress = promisify(zstdDecompress);
const LINE_FEED = 0x0a;

export interface ApplyOptions {
  readonly begun: ReferenceFile;
  readonly monotonicMs: () => number;
  readonly signal: AbortSignal;
}

/** Reads a chunk whose hash was checked. Throws `reference.chunk-damaged` for what does not unpack to what its list says. */
export async function unpackChunk(path: string, chunk: SnapshotChunk): Promise<Buffer> {
  const bytes = await readFile(path);
  try {
    // Never more than it says it is: a small chunk that unpacks without end would take the terminal's memory.
    return await decompress(bytes, { maxOutputLength: Math.min(chunk.plainBytes, CHUNK_PLAIN_BYTES_MAX) });
  } catch (cause) {
    throw new TillsyncError("reference.chunk-damaged", chunk.sha256, { cause });
  }
}

/**
 * Applies the documents of a chunk; that it was applied is written with the last of them. Throws `reference.chunk-damaged`
 * for what is no NDJSON of wire documents in the number that the list says, and `store.*`.
 */
export async function applyChunk(
  store: ReferenceStore,
  plain: Buffer,
  { collection, scope, chunk }: { readonly collection: Collection; readonly scope: Scope; readonly chunk: SnapshotChunk },
  options: ApplyOptions,
): Promise<void> {
  const next = readLines(plain, scope, chunk.sha256);
  let documents = 0;
  await applyInSlices(
    store,
    collection,
    () => {
      const document = next();
      if (document !== undefined) documents += 1;
      return document;
    },
    {
      ...options,
      finish: (file) => {
        if (documents !== chunk.documents)
          throw new TillsyncError("reference.chunk-damaged", `${documents} documents of ${chunk.documents}`);
        markChunkApplied(file, collection, scope, chunk.sha256);
      },
    },
  );
}

function readLines(plain: Buffer, scope: Scope, name: string): () => IncomingDocument | undefined {
  let at = 0;
  return () => {
    if (at >= plain.length) return undefined;
    const end = plain.indexOf(LINE_FEED, at);
    const text = plain.toString("utf8", at, end === -1 ? plain.length : end);
    at = end === -1 ? plain.length : end + 1;
    return { document: readLine(text, name), text, scope };
  };
}

/** Checked by hand and not by schema: 100,000 of them are on the way of a first load. Fields are checked when they are read. */
function readLine(text: string, name: string): WireDocument {
  const value = parse(text);
  if (!isWireDocument(value)) throw new TillsyncError("reference.chunk-damaged", name);
  return value;
}

function isWireDocument(value: unknown): value is WireDocument {
  if (typeof value !== "object" || value === null) return false;
  const { id, version, schemaVersion, _deleted } = value as Partial<WireDocument>;
  return isCount(version) && isCount(schemaVersion) && typeof id === "string" && id !== "" && typeof _deleted === "boolean";
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 1;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
