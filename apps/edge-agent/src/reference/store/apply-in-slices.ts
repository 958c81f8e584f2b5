import { setImmediate } from "node:timers/promises";
import { TillsyncError, type Collection } from "@tillsync/sync-protocol";
import { SLICE_DOCUMENTS, SLICE_MS } from "../limits.ts";
import { writeReference } from "./in-reference.ts";
import { writeReferenceMeta } from "./meta.ts";
import type { ReferenceFile, ReferenceStore } from "./reference-store.ts";
import { tellChanged } from "./tell-changed.ts";
import { keepLastChange, writeDocument, type IncomingDocument } from "./write-documents.ts";

export interface SliceOptions {
  /** The file in which the documents' positions were read: they mean nothing in another one. */
  readonly begun: ReferenceFile;
  readonly monotonicMs: () => number;
  readonly signal: AbortSignal;
  /** Written with the last documents, in their transaction: the position, or the chunk's name. */
  readonly finish: (file: ReferenceFile) => void;
}

/**
 * Applies documents in transactions of some milliseconds each and lets everything else have its turn in between. What was
 * applied before an abort stays: the same documents again change nothing. Throws `store.*` and the signal's reason; when
 * the file was replaced meanwhile, `store.corrupt`, with `finish` not done.
 */
export async function applyInSlices(
  store: ReferenceStore,
  collection: Collection,
  next: () => IncomingDocument | undefined,
  options: SliceOptions,
): Promise<void> {
  for (;;) {
    options.signal.throwIfAborted();
    if (store.file !== options.begun) throw new TillsyncError("store.corrupt", "the file was replaced");
    if (applySlice(store, collection, next, options)) return;
    await setImmediate();
  }
}

/** Applies documents that are few, at once. */
export function applyNow(
  store: ReferenceStore,
  collection: Collection,
  documents: readonly IncomingDocument[],
  finish: (file: ReferenceFile) => void,
): void {
  let i = 0;
  const next = (): IncomingDocument | undefined => documents[i++];
  applySlice(store, collection, next, { monotonicMs: () => 0, finish });
}

function applySlice(
  store: ReferenceStore,
  collection: Collection,
  next: () => IncomingDocument | undefined,
  { monotonicMs, finish }: Pick<SliceOptions, "monotonicMs" | "finish">,
): boolean {
  const endMs = monotonicMs() + SLICE_MS;
  let ended = false;
  const before = store.file.lastChange;
  const changed = writeReference(store, (file) => {
    for (let seen = 1; ; seen += 1) {
      const document = next();
      if (document === undefined) {
        ended = true;
        finish(file);
        break;
      }
      writeDocument(file, collection, document);
      if (seen % SLICE_DOCUMENTS === 0 && monotonicMs() >= endMs) break;
    }
    if (file.lastChange === before) return false;
    keepLastChange(file);
    writeReferenceMeta(file, "last-change-at", String(Math.round(store.now())));
    return true;
  });
  if (changed) tellChanged(store, collection);
  return ended;
}
